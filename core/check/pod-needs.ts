import type { PodTemplate } from '../backup/workloads/pod-template.ts';
import type { NodeSelector } from '../model/node-selector.ts';
import { claimsOfPod, type Pod } from '../model/pod.ts';
import { knownValue } from '../model/reading-of.ts';
import type { VolumeStatus } from '../status/assess.ts';
import { nodesNeeded, type ObjectNeed, objectsNeeded } from '../workload/needs-of-template.ts';
import type { SiteFacts } from './facts.ts';

/** An object that a pod cannot start without. */
export type PodNeed = ObjectNeed & {
  /** The pod that needs it, and the protected claim that it mounts. */
  readonly pod: string;
  readonly claim: { readonly namespace: string; readonly name: string };
};

/** The nodes that a pod may run on. */
export type NodeNeed = Pick<PodNeed, 'pod' | 'claim'> & { readonly selector: NodeSelector };

/** A pod, and the claim that it mounts of those whose volumes may move away from here. */
type Mounting = { readonly pod: Pod; readonly claim: PodNeed['claim'] };

const templateOf = ({ spec }: Pod): PodTemplate => ({
  spec: (spec ?? {}) as NonNullable<PodTemplate['spec']>,
});

const isPrimaryOn = ({ sides }: VolumeStatus, { site }: SiteFacts) =>
  sides.find((side) => side.site.context === site.context && side.role.role === 'primary')?.volume;

/** Pods that hold volumes which are primary on a site. Throws, for `readingOf`, where pods were not read. */
const mountingPods = (site: SiteFacts, volumes: readonly VolumeStatus[]): Mounting[] => {
  const claims = new Map<string, PodNeed['claim']>(
    volumes.flatMap((volume) => {
      const own = isPrimaryOn(volume, site);
      return own === undefined
        ? []
        : [[`${own.namespace}/${own.claimName}`, { namespace: own.namespace, name: own.claimName }] as const];
    }),
  );
  if (claims.size === 0) return [];
  return knownValue(site.pods).flatMap((pod) => {
    const names = claimsOfPod(pod).map((name) => `${pod.metadata.namespace}/${name}`);
    const claim = names.map((name) => claims.get(name)).find((it) => it !== undefined);
    return claim === undefined ? [] : [{ pod, claim }];
  });
};

const needsOf = ({ pod, claim }: Mounting): PodNeed[] =>
  objectsNeeded(templateOf(pod), pod.metadata.namespace).map((need) => ({
    ...need,
    pod: pod.metadata.name ?? '',
    claim,
  }));

/** What the pods of a site's primaries name, each object once. Throws, for `readingOf`, where pods were not read. */
export const needsOfPods = (site: SiteFacts, volumes: readonly VolumeStatus[]): readonly PodNeed[] => {
  const all = mountingPods(site, volumes).flatMap(needsOf);
  return [...new Map(all.map((it) => [`${it.kind} ${it.namespace ?? ''}/${it.name}`, it])).values()];
};

/** A DaemonSet's pods name the node that each is for. */
export const isForOneNode = ({ metadata }: Pod): boolean =>
  (metadata.ownerReferences ?? []).some(
    ({ kind, controller }) => kind === 'DaemonSet' && controller === true,
  );

/** Where the pods of a site's primaries may run, each demand once. Throws, for `readingOf`, where pods were not read. */
export const nodesForPods = (site: SiteFacts, volumes: readonly VolumeStatus[]): readonly NodeNeed[] => {
  const all = mountingPods(site, volumes).flatMap(({ pod, claim }): NodeNeed[] => {
    const selector = isForOneNode(pod) ? undefined : nodesNeeded(templateOf(pod));
    return selector === undefined ? [] : [{ pod: pod.metadata.name ?? '', claim, selector }];
  });
  return [...new Map(all.map((it) => [`${it.claim.namespace} ${JSON.stringify(it.selector)}`, it])).values()];
};
