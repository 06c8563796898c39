import { randomUUID } from 'node:crypto';
import type { KubernetesObject, ObjectMeta } from '../../../core/model/kubernetes-object.ts';
import { tidyMetadata } from '../store/tidy-metadata.ts';

/** RFC 3339 to the second, as `metav1.Time` prints it. */
export const timeText = (now: number): string => `${new Date(now).toISOString().slice(0, 19)}Z`;

/** What the server says about a new object, whatever its creator wrote there. */
export const metadataForCreate = (
  metadata: ObjectMeta,
  facts: { namespace: string | undefined; generation: number | undefined; now: number },
): ObjectMeta => {
  const { deletionTimestamp, deletionGracePeriodSeconds, generation, uid, ...given } = metadata;
  return tidyMetadata({
    ...given,
    ...(facts.namespace === undefined ? {} : { namespace: facts.namespace }),
    ...(facts.generation === undefined ? {} : { generation: facts.generation }),
    creationTimestamp: timeText(facts.now),
  });
};

/** The last thing that a new object gets: mutating webhooks do not see it yet. */
export const withUid = (metadata: ObjectMeta): ObjectMeta => tidyMetadata({ ...metadata, uid: randomUUID() });

const serverOwned = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'generateName',
] as const;

/** Metadata of an update: what the server owns stays as it is. */
export const metadataForUpdate = (metadata: ObjectMeta, live: ObjectMeta): ObjectMeta => {
  const kept: ObjectMeta = { ...metadata };
  for (const field of serverOwned) delete kept[field];
  const owned = Object.fromEntries(
    serverOwned.flatMap((field) => (live[field] === undefined ? [] : [[field, live[field]]])),
  );
  return tidyMetadata({
    ...kept,
    ...owned,
    ...(live.namespace === undefined ? {} : { namespace: live.namespace }),
    ...(metadata.resourceVersion === undefined && live.resourceVersion !== undefined
      ? { resourceVersion: live.resourceVersion }
      : {}),
  });
};

/** The object with other metadata. */
export const withMetadata = (object: KubernetesObject, metadata: ObjectMeta): KubernetesObject => ({
  ...object,
  metadata,
});
