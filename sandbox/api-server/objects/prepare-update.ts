import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Kind } from '../kind.ts';
import { isJsonObject, sameJson } from '../schema/json-value.ts';
import type { Machinery } from './machinery.ts';
import { metadataForUpdate, withMetadata } from './metadata.ts';
import type { ObjectTarget } from './target.ts';

const onlyStatusOf = (kind: Kind, object: KubernetesObject, live: KubernetesObject): KubernetesObject => {
  const { status, metadata } = object;
  const { status: _, ...rest } = live;
  // Typed kinds take metadata but labels through the status; custom resources take nothing but the status.
  const { labels: __, ...ofWriter } = metadata;
  const typed = live.metadata.labels === undefined ? ofWriter : { ...ofWriter, labels: live.metadata.labels };
  const kept = kind.custom
    ? {
        ...live.metadata,
        ...(metadata.managedFields === undefined ? {} : { managedFields: metadata.managedFields }),
      }
    : typed;
  return { ...rest, metadata: kept, ...(status === undefined ? {} : { status }) };
};

const withStatusOf = (object: KubernetesObject, live: KubernetesObject): KubernetesObject => {
  const { status: _, ...rest } = object;
  return live['status'] === undefined
    ? (rest as KubernetesObject)
    : ({ ...rest, status: live['status'] } as KubernetesObject);
};

/** Whether an update goes through `status`, and changes nothing else. */
export const writesStatus = ({ kind, subresource }: ObjectTarget): boolean =>
  kind.status && subresource === 'status';

/** `finalize` of a namespace changes its finalizers, past all that else holds for updates. */
const onlyFinalizersOf = (proposed: KubernetesObject, live: KubernetesObject): KubernetesObject => {
  const { spec } = proposed;
  const finalizers = isJsonObject(spec) && Array.isArray(spec['finalizers']) ? spec['finalizers'] : [];
  const kept = isJsonObject(live['spec']) ? live['spec'] : {};
  return { ...live, spec: finalizers.length === 0 ? {} : { ...kept, finalizers } };
};

/** What of the proposal may change at all, with defaults and what the server owns. */
export const preparedUpdate = (
  { compile, now }: Machinery,
  target: ObjectTarget,
  proposed: KubernetesObject,
  live: KubernetesObject,
): KubernetesObject => {
  const { kind } = target;
  if (target.subresource === 'finalize') return onlyFinalizersOf(proposed, live);
  const limited = writesStatus(target)
    ? onlyStatusOf(kind, proposed, live)
    : kind.status
      ? withStatusOf(proposed, live)
      : proposed;
  const owned = withMetadata(limited, metadataForUpdate(limited.metadata, live.metadata));
  const ready = compile(kind.schema).applyDefaults(kind.strategy.prepareForUpdate(owned, live));
  return writesStatus(target) ? (kind.strategy.stampStatus?.(ready, live, now()) ?? ready) : ready;
};

const sameAnnotations = (next: KubernetesObject, live: KubernetesObject): boolean =>
  sameJson(next.metadata.annotations ?? {}, live.metadata.annotations ?? {});

/** Whether anything but metadata and status differs. */
const changesContent = (kind: Kind, next: KubernetesObject, live: KubernetesObject): boolean => {
  const { metadata: _, status, ...content } = next;
  const { metadata: __, status: liveStatus, ...liveContent } = live;
  return !sameJson(content, liveContent) || (kind.custom && !kind.status && !sameJson(status, liveStatus));
};

/** The object with its generation counted up, where the kind keeps one and the change is of that sort. */
export const withGeneration = (
  kind: Kind,
  next: KubernetesObject,
  live: KubernetesObject,
): KubernetesObject => {
  const { tracksGeneration, countsAnnotations = false } = kind.strategy;
  const counts = changesContent(kind, next, live) || (countsAnnotations && !sameAnnotations(next, live));
  if (!tracksGeneration || !counts) return next;
  return withMetadata(next, { ...next.metadata, generation: (live.metadata.generation ?? 0) + 1 });
};
