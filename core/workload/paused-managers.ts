import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Resource } from '../model/resource.ts';
import { mergePatch } from '../restore/merge-patch.ts';
import { keda } from './managers/autoscaler.ts';
import { helmReleases, kustomizations, resumed } from './managers/flux.ts';
import type { Manager } from './workload.ts';

/** On a manager that was paused by us: one that somebody else had paused stays so. */
const pausedMark = 'kubectl-dr.dev/paused';
/** On a workload: the managers that were paused for it, as `Kind/namespace/name`, with commas between them. */
const pausedAnnotation = 'kubectl-dr.dev/paused-managers';

/** A manager that can be let go again. */
export type PausedManager = {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
};

/** What lets a kind go on, apart from our mark. An annotation on a workload can name no other kind. */
const kinds: readonly { readonly resource: Resource; readonly undo: object }[] = [
  { resource: kustomizations, undo: resumed },
  { resource: helmReleases, undo: resumed },
  { resource: keda.resource, undo: keda.undo },
];

type Pause = NonNullable<Manager['pause']>;

/** The merge patch that pauses a manager, with our mark. */
export const pausePatch = ({ patch }: Pause): unknown =>
  mergePatch({ metadata: { annotations: { [pausedMark]: 'true' } } }, patch);

/** Whether it was us who paused a manager. */
export const isPausedByUs = ({ metadata }: KubernetesObject): boolean =>
  metadata.annotations?.[pausedMark] !== undefined;

/** The merge patch that lets a manager go on, and takes our mark away. */
export const resumePatch = ({ resource }: PausedManager): unknown => {
  const undo = kinds.find(({ resource: { kind } }) => kind === resource.kind)?.undo ?? {};
  const annotations = (undo as { metadata?: { annotations?: object } }).metadata?.annotations;
  return { ...undo, metadata: { annotations: { ...annotations, [pausedMark]: null } } };
};

/** What a workload is to remember of the managers that were paused for it; nothing where none were. */
export const rememberPaused = (paused: readonly PausedManager[]): Readonly<Record<string, string>> =>
  paused.length === 0
    ? {}
    : {
        [pausedAnnotation]: paused
          .map(({ resource, namespace, name }) => `${resource.kind}/${namespace}/${name}`)
          .join(','),
      };

/** What takes that memory away again; nothing where there is none. */
export const forgetPaused = ({ metadata }: KubernetesObject): Readonly<Record<string, null>> =>
  metadata.annotations?.[pausedAnnotation] === undefined ? {} : { [pausedAnnotation]: null };

/** The managers that were paused for a workload. A kind that nobody knows is none. */
export const pausedFor = ({ metadata }: KubernetesObject): readonly PausedManager[] =>
  (metadata.annotations?.[pausedAnnotation] ?? '').split(',').flatMap((text) => {
    const [kind, namespace, name] = text.split('/');
    const found = kinds.find(({ resource }) => resource.kind === kind);
    return found === undefined || !namespace || !name ? [] : [{ resource: found.resource, namespace, name }];
  });
