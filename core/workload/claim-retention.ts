import type { KubernetesObject } from '../model/kubernetes-object.ts';

/** What a StatefulSet does with the claims that it made (`spec.persistentVolumeClaimRetentionPolicy`): `Retain` where it does not say. */
export type ClaimRetention = { readonly whenScaled: string; readonly whenDeleted: string };

type StatefulSetSpec = {
  readonly persistentVolumeClaimRetentionPolicy?: {
    readonly whenScaled?: string;
    readonly whenDeleted?: string;
  };
  readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[];
};

const specOf = (statefulSet: KubernetesObject): StatefulSetSpec =>
  (statefulSet['spec'] as StatefulSetSpec | undefined) ?? {};

export const claimRetentionOf = (statefulSet: KubernetesObject): ClaimRetention => {
  const { whenScaled = 'Retain', whenDeleted = 'Retain' } =
    specOf(statefulSet).persistentVolumeClaimRetentionPolicy ?? {};
  return { whenScaled, whenDeleted };
};

/** Of some claims of its namespace those that it made itself, by their names: `<template>-<name>-<ordinal>`. Its policy is about no other. */
export const claimsMadeBy = (
  statefulSet: KubernetesObject,
  claimNames: readonly string[],
): readonly string[] => {
  const prefixes = (specOf(statefulSet).volumeClaimTemplates ?? []).map(
    (template) => `${template.metadata?.name}-${statefulSet.metadata.name}-`,
  );
  return claimNames.filter((name) =>
    prefixes.some((prefix) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))),
  );
};

/** The merge patch by which it keeps its claims when it is scaled down. */
export const keepWhenScaled = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Retain"}}}';
/** The same for when it is deleted. */
export const keepWhenDeleted = '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Retain"}}}';
