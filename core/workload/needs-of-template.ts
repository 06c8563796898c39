import {
  configMapsOf,
  type PodTemplate,
  secretsOf,
  serviceAccountOf,
} from '../backup/workloads/pod-template.ts';
import type { NodeSelector } from '../model/node-selector.ts';

/** Kinds of objects that pods cannot start without, by the names of their lists. */
export type NeededList = 'secrets' | 'configMaps' | 'serviceAccounts' | 'priorityClasses' | 'runtimeClasses';

/** An object that a pod cannot start without. */
export type ObjectNeed = {
  readonly list: NeededList;
  readonly kind: string;
  /** Undefined for kinds without one. */
  readonly namespace: string | undefined;
  readonly name: string;
};

type PlacedSpec = {
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly serviceAccountName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: {
    readonly nodeAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector };
  };
};

/** Made in every namespace, or in every cluster, by the cluster itself. */
const madeEverywhere = ['kube-root-ca.crt', 'openshift-service-ca.crt'];
const isBuiltInPriority = (name: string): boolean => name.startsWith('system-');

const specOf = ({ spec }: PodTemplate): PlacedSpec => (spec ?? {}) as PlacedSpec;

/** Once, tokens were Secrets called so, and each cluster made its own. */
const isToken = (name: string, { serviceAccountName = 'default' }: PlacedSpec): boolean =>
  name.startsWith(`${serviceAccountName}-token-`);

/** What comes of it, as Kubernetes does: pods that name a class or an account that is not there are not even made. */
export const harmWithout: Readonly<Record<NeededList, string>> = {
  serviceAccounts: 'no pod is made without it',
  configMaps: 'its containers do not start without it',
  secrets: 'its containers do not start without it',
  priorityClasses: 'no pod is made without it',
  runtimeClasses: 'no pod is made without it',
};

/** The objects that a pod, or the pods of a template, name in a namespace, those apart that every cluster has. */
export const objectsNeeded = (
  template: PodTemplate,
  namespace: string | undefined,
): readonly ObjectNeed[] => {
  const spec = specOf(template);
  const need = (list: NeededList, kind: string, name: string): ObjectNeed => ({
    list,
    kind,
    namespace,
    name,
  });
  const ofCluster = (list: NeededList, kind: string, name: string): ObjectNeed => ({
    ...need(list, kind, name),
    namespace: undefined,
  });
  const account = serviceAccountOf(template);
  const { priorityClassName: priority, runtimeClassName: runtime } = spec;
  return [
    ...(account === undefined ? [] : [need('serviceAccounts', 'ServiceAccount', account)]),
    ...configMapsOf(template)
      .filter(({ name, isOptional }) => !isOptional && !madeEverywhere.includes(name))
      .map(({ name }) => need('configMaps', 'ConfigMap', name)),
    ...secretsOf(template)
      .filter(({ name, isOptional }) => !isOptional && !isToken(name, spec))
      .map(({ name }) => need('secrets', 'Secret', name)),
    ...(priority && !isBuiltInPriority(priority)
      ? [ofCluster('priorityClasses', 'PriorityClass', priority)]
      : []),
    ...(runtime ? [ofCluster('runtimeClasses', 'RuntimeClass', runtime)] : []),
  ];
};

/**
 * The nodes that a pod may run on; undefined: any. `nodeSelector` says the same as a term with one value for each label; a pod has to meet
 * both.
 */
export const nodesNeeded = (template: PodTemplate): NodeSelector | undefined => {
  const { nodeSelector = {}, affinity } = specOf(template);
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
