import { DrError } from '../../core/model/error.ts';
import { claimsOfPod, type Pod } from '../../core/model/pod.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeAttachment } from '../../core/model/volume-attachment.ts';
import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import type { Site } from '../door/clusters.ts';

/** Asks a site itself, right before a demotion, whether something uses a volume. Rejects with `InUse` where something does. */
export type VerifyUnused = (claim: ClaimKey, volumeName: string | undefined) => Promise<void>;

/** Answers that are younger than this are shared: many volumes are demoted at one moment. */
const shareForMs = 100;

/** Shares an answer between all that ask within a moment. */
const shared = <Key, T>(read: (key: Key) => Promise<T>, now: () => number): ((key: Key) => Promise<T>) => {
  const answers = new Map<Key, { at: number; answer: Promise<T> }>();
  return (key) => {
    const held = answers.get(key);
    if (held !== undefined && now() - held.at < shareForMs) return held.answer;
    const answer = read(key);
    answers.set(key, { at: now(), answer });
    return answer;
  };
};

const inUse = ({ namespace, name }: ClaimKey, by: string): DrError =>
  new DrError({ code: 'InUse', message: `claim ${namespace}/${name} is in use: ${by}` });

/** What is followed may be a moment behind, and a demotion under a running pod loses what it writes: so the server is asked once more. */
export const createVerifyUnused = (
  { cluster }: Site,
  { now, signal }: { now: () => number; signal: AbortSignal },
): VerifyUnused => {
  const podsIn = shared(
    (namespace: string) => cluster.listAll<Pod>(resources.pods, { namespace, signal }),
    now,
  );
  const attachments = shared(
    (_: 'all') => cluster.listAll<VolumeAttachment>(resources.volumeAttachments, { signal }),
    now,
  );
  return async (claim, volumeName) => {
    const [pods, attached] = await Promise.all([podsIn(claim.namespace), attachments('all')]);
    const pod = pods.items.find((it) => claimsOfPod(it).includes(claim.name));
    if (pod !== undefined) throw inUse(claim, `pod ${pod.metadata.name}`);
    const attachment = attached.items.find(
      ({ spec }) => volumeName !== undefined && spec?.source?.persistentVolumeName === volumeName,
    );
    if (attachment !== undefined)
      throw inUse(claim, `VolumeAttachment ${attachment.metadata.name} on ${attachment.spec?.nodeName}`);
  };
};
