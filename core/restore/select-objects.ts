import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { LabelSelector } from '../model/volume-group-replication.ts';
import { claimKeyText, keyOfClaim } from '../protection/claims-of-volume.ts';
import { matchesSelector } from '../protection/label-selector.ts';
import { sourceKeyOf } from '../protection/protectors.ts';
import { nameOf } from './object-name.ts';
import type { LeftOut, SortedObjects } from './sort-objects.ts';
import { storageClassOf } from './storage-class-of.ts';

/** Which part of the source is restored; names are those of the source site. */
export type RestoreSelection = {
  /** Undefined: all. */
  readonly namespace: string | undefined;
  /** Names of claims; empty: all. */
  readonly claims: readonly string[];
  /** Labels of claims. */
  readonly labels: LabelSelector | undefined;
};

type Json = Readonly<Record<string, unknown>>;

const jsonAt = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Json | null | undefined)?.[name], value);

const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const list = jsonAt(value, ...path);
  return Array.isArray(list) ? list : [];
};

const podPath = (workload: KubernetesObject): readonly string[] =>
  workload.kind === 'CronJob'
    ? ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'volumes']
    : ['spec', 'template', 'spec', 'volumes'];

/** Whether the pods of a workload mount one of these claims; a StatefulSet's are called `<template>-<set>-<number>`. */
const usesClaim = (workload: KubernetesObject, claimNames: ReadonlySet<unknown>): boolean => {
  const mounted = listAt(workload, ...podPath(workload)).some((volume) =>
    claimNames.has(jsonAt(volume, 'persistentVolumeClaim', 'claimName')),
  );
  const prefixes = listAt(workload, 'spec', 'volumeClaimTemplates').map(
    (template) => `${jsonAt(template, 'metadata', 'name')}-${workload.metadata.name}-`,
  );
  const isOfSet = (claimName: unknown): boolean =>
    prefixes.some(
      (prefix) =>
        typeof claimName === 'string' &&
        /^\d+$/.test(claimName.slice(prefix.length)) &&
        claimName.startsWith(prefix),
    );
  return mounted || [...claimNames].some(isOfSet);
};

/** What the chosen claims need beside their PVs. */
type Needs = {
  readonly namespaces: ReadonlySet<string | undefined>;
  readonly storageClasses: ReadonlySet<string | undefined>;
  readonly replicationClasses: ReadonlySet<string | undefined>;
  /** `namespace/name` of secrets that those classes name. */
  readonly secrets: ReadonlySet<string>;
  readonly claimsByNamespace: ReadonlyMap<string | undefined, ReadonlySet<string | undefined>>;
};

const secretsOf = (parameters: unknown): string[] => {
  const entries = Object.entries((parameters ?? {}) as Json);
  return entries.flatMap(([key, name]) => {
    const namespaceKey = key.replace(/-secret-name$/, '-secret-namespace');
    return namespaceKey === key ? [] : [`${jsonAt(parameters, namespaceKey)}/${name}`];
  });
};

const needsOf = (sorted: SortedObjects, chosen: readonly PersistentVolumeClaim[]): Needs => {
  const keys = new Set(chosen.map((claim) => claimKeyText(keyOfClaim(claim))));
  const namespaces = new Set(chosen.map(({ metadata }) => metadata.namespace));
  const storageClasses = new Set(chosen.map(storageClassOf));
  const replicationClasses = new Set<string | undefined>([
    ...sorted.replications
      .filter((replication) => keys.has(sourceKeyOf(replication) ?? ''))
      .map(({ spec }) => spec.volumeReplicationClass),
    ...sorted.groups
      .filter(({ metadata }) => namespaces.has(metadata.namespace))
      .flatMap(({ spec }) => [spec.volumeGroupReplicationClassName, spec.volumeReplicationClassName]),
  ]);
  const classes = sorted.others.filter(
    ({ kind, metadata }) =>
      (kind === 'StorageClass' ? storageClasses : replicationClasses).has(metadata.name) &&
      /Class$/.test(kind ?? ''),
  );
  return {
    namespaces,
    storageClasses,
    replicationClasses,
    secrets: new Set(
      classes.flatMap((one) => secretsOf(one['parameters'] ?? jsonAt(one, 'spec', 'parameters'))),
    ),
    claimsByNamespace: new Map(
      [...Map.groupBy(chosen, ({ metadata }) => metadata.namespace)].map(([namespace, claims]) => [
        namespace,
        new Set(claims.map(({ metadata }) => metadata.name)),
      ]),
    ),
  };
};

const isNeeded = (object: KubernetesObject, needs: Needs): boolean => {
  const { kind, metadata } = object;
  switch (kind) {
    case 'Namespace':
      return needs.namespaces.has(metadata.name);
    case 'StorageClass':
      return needs.storageClasses.has(metadata.name);
    case 'VolumeReplicationClass':
    case 'VolumeGroupReplicationClass':
      return needs.replicationClasses.has(metadata.name);
    case 'Secret':
      return (
        needs.namespaces.has(metadata.namespace) ||
        needs.secrets.has(`${metadata.namespace}/${metadata.name}`)
      );
    case 'ServiceAccount':
    case 'ConfigMap':
    case 'Service':
      return needs.namespaces.has(metadata.namespace);
    default:
      return usesClaim(object, needs.claimsByNamespace.get(metadata.namespace) ?? new Set());
  }
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

/**
 * The chosen claims and what they need: namespaces, classes, the secrets that those name, configuration of the same namespaces, and
 * workloads that mount a chosen claim, or with a namespace alone all of it. Nothing chosen: everything.
 */
export const selectObjects = (sorted: SortedObjects, selection: RestoreSelection): SortedObjects => {
  if (!choosesClaims(selection) && selection.namespace === undefined) return sorted;
  const claims = sorted.claims.filter((claim) => isChosen(claim, selection));
  const needs = needsOf(sorted, claims);
  const isTaken = (object: KubernetesObject): boolean =>
    isNeeded(object, needs) ||
    (!choosesClaims(selection) &&
      (object.metadata.namespace === selection.namespace ||
        (object.kind === 'Namespace' && object.metadata.name === selection.namespace)));
  const [others, rest] = [sorted.others.filter(isTaken), sorted.others.filter((object) => !isTaken(object))];
  const restClaims = sorted.claims.filter((claim) => !claims.includes(claim));
  return { ...sorted, claims, others, leftOut: [...sorted.leftOut, ...leave([...restClaims, ...rest])] };
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
