import { configMapsOf, secretsOf, serviceAccountOf } from '../backup/workloads/pod-template.ts';
import type { NodeSelector } from '../model/node-selector.ts';
import { claimsOfPod, type Pod } from '../model/pod.ts';
import { knownValue } from '../model/reading-of.ts';
import type { VolumeStatus } from '../status/assess.ts';
import type { SiteFacts } from './facts.ts';
import type { FurtherKind } from './further-lists.ts';

/** An object that a pod cannot start without. */
export type PodNeed = {
  readonly list: Exclude<FurtherKind, 'nodes' | 'statefulSets'>;
  readonly kind: string;
  /** Undefined for kinds without one. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** The pod that needs it, and the protected claim that it mounts. */
  readonly pod: string;
  readonly claim: { readonly namespace: string; readonly name: string };
};

/** The nodes that a pod may run on. */
export type NodeNeed = Pick<PodNeed, 'pod' | 'claim'> & { readonly selector: NodeSelector };

type PodSpec = {
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly serviceAccountName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: {
    readonly nodeAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector };
  };
};

/** A pod, and the claim that it mounts of those whose volumes may move away from here. */
type Mounting = { readonly pod: Pod; readonly claim: PodNeed['claim'] };

/** Made in every namespace, or in every cluster, by the cluster itself. */
const madeEverywhere = ['kube-root-ca.crt', 'openshift-service-ca.crt'];
const isBuiltInPriority = (name: string): boolean => name.startsWith('system-');

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

const specOf = ({ spec }: Pod): PodSpec => (spec ?? {}) as PodSpec;

/** Once, tokens were Secrets called so, and each cluster made its own. */
const isToken = (name: string, { serviceAccountName = 'default' }: PodSpec): boolean =>
  name.startsWith(`${serviceAccountName}-token-`);

const needsOf = ({ pod, claim }: Mounting): PodNeed[] => {
  const { namespace, name: podName = '' } = pod.metadata;
  const spec = specOf(pod);
  const template = { spec: spec as object };
  const need = (list: PodNeed['list'], kind: string, name: string, where: string | undefined): PodNeed => ({
    list,
    kind,
    namespace: where,
    name,
    pod: podName,
    claim,
  });
  const account = serviceAccountOf(template);
  const { priorityClassName: priority, runtimeClassName: runtime } = spec;
  return [
    ...(account === undefined ? [] : [need('serviceAccounts', 'ServiceAccount', account, namespace)]),
    ...configMapsOf(template)
      .filter(({ name, isOptional }) => !isOptional && !madeEverywhere.includes(name))
      .map(({ name }) => need('configMaps', 'ConfigMap', name, namespace)),
    ...secretsOf(template)
      .filter(({ name, isOptional }) => !isOptional && !isToken(name, spec))
      .map(({ name }) => need('secrets', 'Secret', name, namespace)),
    ...(priority && !isBuiltInPriority(priority)
      ? [need('priorityClasses', 'PriorityClass', priority, undefined)]
      : []),
    ...(runtime ? [need('runtimeClasses', 'RuntimeClass', runtime, undefined)] : []),
  ];
};

/** What the pods of a site's primaries name, each object once. Throws, for `readingOf`, where pods were not read. */
export const needsOfPods = (site: SiteFacts, volumes: readonly VolumeStatus[]): readonly PodNeed[] => {
  const all = mountingPods(site, volumes).flatMap(needsOf);
  return [...new Map(all.map((it) => [`${it.kind} ${it.namespace ?? ''}/${it.name}`, it])).values()];
};

/** `nodeSelector` says the same as a term with one value for each label; a pod has to meet both. */
const selectorOf = ({ nodeSelector = {}, affinity }: PodSpec): NodeSelector | undefined => {
  const labels = Object.entries(nodeSelector).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }));
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined)
    return labels.length === 0 ? undefined : { nodeSelectorTerms: [{ matchExpressions: labels }] };
  return {
    nodeSelectorTerms: (required.nodeSelectorTerms ?? []).map((term) => ({
      ...term,
      matchExpressions: [...labels, ...(term.matchExpressions ?? [])],
    })),
  };
};

/** A DaemonSet's pods name the node that each is for. */
const isForOneNode = ({ metadata }: Pod): boolean =>
  (metadata.ownerReferences ?? []).some(
    ({ kind, controller }) => kind === 'DaemonSet' && controller === true,
  );

/** Where the pods of a site's primaries may run, each demand once. Throws, for `readingOf`, where pods were not read. */
export const nodesForPods = (site: SiteFacts, volumes: readonly VolumeStatus[]): readonly NodeNeed[] => {
  const all = mountingPods(site, volumes).flatMap(({ pod, claim }): NodeNeed[] => {
    const selector = isForOneNode(pod) ? undefined : selectorOf(specOf(pod));
    return selector === undefined ? [] : [{ pod: pod.metadata.name ?? '', claim, selector }];
  });
  return [...new Map(all.map((it) => [`${it.claim.namespace} ${JSON.stringify(it.selector)}`, it])).values()];
};
