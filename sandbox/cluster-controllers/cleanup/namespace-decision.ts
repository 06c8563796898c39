import type { Condition, KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { apiVersionOf, type Resource, resources } from '../../../core/model/resource.ts';
import type { Effect } from '../runtime/decision.ts';

export type Namespace = KubernetesObject & {
  spec?: { finalizers?: string[] };
  status?: { phase?: string; conditions?: NamespaceCondition[] };
};

type NamespaceCondition = Omit<Condition, 'observedGeneration'>;

/** What is left of one kind in a namespace. */
export type Remainder = { resource: Resource; objects: readonly KubernetesObject[] };

export type NamespaceFacts = {
  namespace: Namespace;
  contents: readonly Remainder[];
  /** Group versions whose content is unknown. */
  unknown: readonly string[];
  /** RFC 3339, in seconds. */
  now: string;
};

export type NamespaceStep =
  | { kind: 'settled' }
  /** Everything is gone: the namespace's own finalizer goes through `finalize`. */
  | { kind: 'finalize' }
  | { kind: 'clear'; effects: Effect[] };

const namespaceFinalizer = 'kubernetes';

/** Pods go first: nothing that they use may be taken from them while they run. */
const firstToGo = (contents: readonly Remainder[]): readonly Remainder[] => {
  const pods = contents.filter(({ resource, objects }) => resource.plural === 'pods' && objects.length > 0);
  return pods.length > 0 ? pods : contents;
};

/** As Kubernetes prints it: the core group is empty, which leaves the dot. */
const groupName = ({ group, plural }: Resource): string => `${plural}.${group}`;

const remainingText = (contents: readonly Remainder[]): string =>
  contents
    .map(({ resource, objects }) => `${groupName(resource)} has ${objects.length} resource instances`)
    .sort()
    .join(', ');

const finalizersText = (contents: readonly Remainder[]): string => {
  const counts = new Map<string, number>();
  for (const name of contents.flatMap(({ objects }) =>
    objects.flatMap((one) => one.metadata.finalizers ?? []),
  )) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => `${name} in ${count} resource instances`)
    .sort()
    .join(', ');
};

type Finding = { type: string; bad: boolean; reason: string; message: string; fine: [string, string] };

const findingsOf = ({ contents, unknown }: NamespaceFacts): Finding[] => {
  const left = contents.filter(({ objects }) => objects.length > 0);
  const finalizers = finalizersText(left);
  return [
    {
      type: 'NamespaceDeletionDiscoveryFailure',
      bad: unknown.length > 0,
      reason: 'DiscoveryFailed',
      message: `Discovery failed for some groups, ${unknown.length} failing: ${unknown.join(', ')}`,
      fine: ['ResourcesDiscovered', 'All resources successfully discovered'],
    },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      bad: false,
      reason: '',
      message: '',
      fine: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    },
    {
      type: 'NamespaceDeletionContentFailure',
      bad: false,
      reason: '',
      message: '',
      fine: ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    },
    {
      type: 'NamespaceContentRemaining',
      bad: left.length > 0,
      reason: 'SomeResourcesRemain',
      message: `Some resources are remaining: ${remainingText(left)}`,
      fine: ['ContentRemoved', 'All content successfully removed'],
    },
    {
      type: 'NamespaceFinalizersRemaining',
      bad: finalizers !== '',
      reason: 'SomeFinalizersRemain',
      message: `Some content in the namespace has finalizers remaining: ${finalizers}`,
      fine: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    },
  ];
};

const writeConditions = (facts: NamespaceFacts): Effect[] => {
  const old = facts.namespace.status?.conditions ?? [];
  let changed = false;
  const conditions = findingsOf(facts).map(({ type, bad, reason, message, fine }): NamespaceCondition => {
    const next = bad
      ? { type, status: 'True' as const, reason, message }
      : { type, status: 'False' as const, reason: fine[0], message: fine[1] };
    const before = old.find((one) => one.type === type);
    if (before?.status === next.status && before.message === next.message) return before;
    changed = true;
    return {
      ...next,
      lastTransitionTime: before?.status === next.status ? before.lastTransitionTime : facts.now,
    };
  });
  const object = facts.namespace;
  if (!changed) return [];
  const resource = resources.namespaces;
  return [{ act: 'patch', resource, object, body: { status: { conditions } }, subresource: 'status' }];
};

/**
 * One step of a namespace's deletion: delete what is there and not deleted yet, pods first; tell in conditions what holds it
 * up; let the namespace go once nothing is left and nothing is unknown.
 */
export const decideNamespace = (facts: NamespaceFacts): NamespaceStep => {
  const { namespace, contents, unknown } = facts;
  if (namespace.metadata.deletionTimestamp === undefined) return { kind: 'settled' };
  if (namespace.spec?.finalizers?.includes(namespaceFinalizer) !== true) return { kind: 'settled' };
  if (unknown.length === 0 && contents.every(({ objects }) => objects.length === 0))
    return { kind: 'finalize' };
  const deletions = firstToGo(contents).flatMap(({ resource, objects }) =>
    objects
      .filter((object) => object.metadata.deletionTimestamp === undefined)
      .map((object): Effect => ({ act: 'delete', resource, object, propagation: 'Background' })),
  );
  return { kind: 'clear', effects: [...deletions, ...writeConditions(facts)] };
};

/** The body that `finalize` takes: the namespace without the finalizer. */
export const finalizedNamespace = (namespace: Namespace): Namespace => ({
  ...namespace,
  apiVersion: apiVersionOf(resources.namespaces),
  kind: resources.namespaces.kind,
  spec: { finalizers: (namespace.spec?.finalizers ?? []).filter((one) => one !== namespaceFinalizer) },
});
