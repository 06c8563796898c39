import { isBuiltInOwner } from '../backup/workloads/pod-owners.ts';
import { workloadResources } from '../backup/workloads/workload-resources.ts';
import type { KubernetesObject, OwnerReference } from '../model/kubernetes-object.ts';
import { claimsOfPod, type Pod } from '../model/pod.ts';
import type { Reading } from '../model/reading.ts';
import type { Resource } from '../model/resource.ts';
import { type OwnerLink, type OwnerLookup, ownerChain } from './owner-chain.ts';

/** What a discovery tells: the resource of a custom kind with a `scale` subresource; undefined where the kind has none. */
export type ScaleLookup = (owner: OwnerReference) => Reading<Resource | undefined>;

/** Who has to be stopped so that a pod ends and does not come back. */
export type TopOwner =
  /** A workload of a built-in kind, which `readWorkload` reads. */
  | { readonly is: 'workload'; readonly resource: Resource; readonly object: KubernetesObject }
  /** An object of a custom kind that has a replica count, which `readScalable` reads. */
  | { readonly is: 'scalable'; readonly resource: Resource; readonly object: KubernetesObject }
  /** Nobody here knows how it is stopped; why is one clause. */
  | {
      readonly is: 'unknown owner';
      readonly owner: OwnerReference;
      /** Undefined where it could not be read. */
      readonly object: KubernetesObject | undefined;
      readonly why: string;
    }
  /** A bare pod: once it is gone nothing brings it back. */
  | { readonly is: 'no owner' };

/** A top owner, and what of the claims its pods use. */
export type PodOwner = TopOwner & {
  readonly namespace: string;
  readonly pods: readonly string[];
  readonly claims: readonly string[];
};

/** The pods that use any of the claims. */
export type ClaimUse = {
  readonly pods: readonly Pod[];
  readonly claimNames: (namespace: string) => ReadonlySet<string>;
};

type UsingPod = { readonly pod: Pod; readonly namespace: string; readonly claims: readonly string[] };

const usingPods = ({ pods, claimNames }: ClaimUse): UsingPod[] =>
  pods.flatMap((pod) => {
    const { namespace = '' } = pod.metadata;
    const wanted = claimNames(namespace);
    const claims = claimsOfPod(pod).filter((name) => wanted.has(name));
    return claims.length === 0 ? [] : { pod, namespace, claims };
  });

/** A reference that is to be read before the owners can be told. */
export type OwnerToRead = { readonly owner: OwnerReference; readonly namespace: string };

/** What has to be read next, each once: read it, and ask again until nothing is left. */
export const ownersToRead = (use: ClaimUse, lookup: OwnerLookup): OwnerToRead[] => {
  const unread = usingPods(use).flatMap(({ pod, namespace }) =>
    ownerChain(pod, namespace, lookup)
      .filter(({ reading }) => reading === undefined)
      .map(({ owner }) => ({ owner, namespace })),
  );
  return [...new Map(unread.map((one) => [one.owner.uid, one])).values()];
};

const scalableOf = ({ owner, reading }: OwnerLink, scaleOf: ScaleLookup): TopOwner[] => {
  if (isBuiltInOwner(owner) || !reading?.known) return [];
  const scale = scaleOf(owner);
  return scale.known && scale.value !== undefined
    ? [{ is: 'scalable', resource: scale.value, object: reading.value }]
    : [];
};

const builtInOf = ({ owner, reading }: OwnerLink): TopOwner[] => {
  const resource = workloadResources.find(({ kind }) => kind === owner.kind);
  return resource !== undefined && reading?.known
    ? [{ is: 'workload', resource, object: reading.value }]
    : [];
};

const unknownOwner = ({ owner, reading }: OwnerLink, scaleOf: ScaleLookup): TopOwner => {
  const why = (): string => {
    if (!reading?.known) return reading?.why ?? 'it was not read';
    const scale = scaleOf(owner);
    return scale.known ? `kind ${owner.kind} has no replica count` : scale.why;
  };
  return { is: 'unknown owner', owner, object: reading?.known ? reading.value : undefined, why: why() };
};

/**
 * The highest that can be scaled wins: an operator brings back what was stopped beneath it. Else it is the highest of a built-in kind,
 * with its operator as its manager; where that one cannot be read, what is beneath it is no help.
 */
const topOwner = (chain: readonly OwnerLink[], scaleOf: ScaleLookup): TopOwner => {
  const topDown = [...chain].reverse();
  const [top] = topDown;
  if (top === undefined) return { is: 'no owner' };
  const highestBuiltIn = topDown.find(({ owner }) => isBuiltInOwner(owner));
  const [found] = [
    ...topDown.flatMap((link) => scalableOf(link, scaleOf)),
    ...(highestBuiltIn === undefined ? [] : builtInOf(highestBuiltIn)),
  ];
  return found ?? unknownOwner(top, scaleOf);
};

const keyOf = (top: TopOwner, { pod }: UsingPod): string => {
  switch (top.is) {
    case 'no owner':
      return pod.metadata.uid ?? `${pod.metadata.namespace}/${pod.metadata.name}`;
    case 'unknown owner':
      return top.owner.uid;
    default:
      return top.object.metadata.uid ?? '';
  }
};

const joined = (one: readonly string[], more: readonly string[]): string[] => [...new Set([...one, ...more])];

/** Who runs the pods that use the claims, each once. */
export const ownersOfPods = (use: ClaimUse, lookup: OwnerLookup, scaleOf: ScaleLookup): PodOwner[] => {
  const owners = new Map<string, PodOwner>();
  for (const using of usingPods(use)) {
    const { pod, namespace, claims } = using;
    const top = topOwner(ownerChain(pod, namespace, lookup), scaleOf);
    const key = keyOf(top, using);
    const before = owners.get(key);
    owners.set(key, {
      ...top,
      namespace,
      pods: joined(before?.pods ?? [], [pod.metadata.name ?? '']),
      claims: joined(before?.claims ?? [], claims),
    });
  }
  return [...owners.values()];
};
