import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { LabelSelector } from '../model/volume-group-replication.ts';
import { matchesSelector } from '../protection/label-selector.ts';
import { isNeeded, needsOf } from './claim-needs.ts';
import { nameOf } from './object-name.ts';
import type { LeftOut, SortedObjects } from './sort-objects.ts';

/** Which part of the source is restored; names are those of the source site. */
export type RestoreSelection = {
  /** Undefined: all. */
  readonly namespace: string | undefined;
  /** Names of claims; empty: all. */
  readonly claims: readonly string[];
  /** Labels of claims. */
  readonly labels: LabelSelector | undefined;
};

const isChosen = (claim: PersistentVolumeClaim, { namespace, claims, labels }: RestoreSelection): boolean =>
  (namespace === undefined || claim.metadata.namespace === namespace) &&
  (claims.length === 0 || claims.includes(claim.metadata.name ?? '')) &&
  (labels === undefined || matchesSelector(labels, claim.metadata.labels) === true);

/** Whether anything was chosen at all: else everything is. */
const choosesClaims = ({ claims, labels }: RestoreSelection): boolean =>
  claims.length > 0 || labels !== undefined;

const leave = (objects: readonly KubernetesObject[]): LeftOut[] =>
  objects.map((object) => ({ object: nameOf(object), why: 'it was not chosen' }));

const isOfNamespace = ({ kind, metadata }: KubernetesObject, namespace: string | undefined): boolean =>
  namespace !== undefined && (kind === 'Namespace' ? metadata.name : metadata.namespace) === namespace;

/**
 * The chosen claims and what they need: namespaces, classes, the secrets that those name, configuration of the same namespaces, and
 * workloads that mount a chosen claim, or with a namespace alone all of it. Nothing chosen: everything.
 */
export const selectObjects = (sorted: SortedObjects, selection: RestoreSelection): SortedObjects => {
  if (!choosesClaims(selection) && selection.namespace === undefined) return sorted;
  const claims = sorted.claims.filter((claim) => isChosen(claim, selection));
  const needs = needsOf(sorted, claims);
  const whole = choosesClaims(selection) ? undefined : selection.namespace;
  const others = sorted.others.filter((object) => isNeeded(object, needs) || isOfNamespace(object, whole));
  const taken = new Set<KubernetesObject>([...claims, ...others]);
  const rest = [...sorted.claims, ...sorted.others].filter((object) => !taken.has(object));
  return { ...sorted, claims, others, leftOut: [...sorted.leftOut, ...leave(rest)] };
};

/** Names of claims that were asked for and are not in the source. */
export const missingClaims = (
  sorted: SortedObjects,
  { namespace, claims }: RestoreSelection,
): readonly string[] => {
  const there = new Set(
    sorted.claims
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
      .map(({ metadata }) => metadata.name),
  );
  return claims.filter((name) => !there.has(name));
};
