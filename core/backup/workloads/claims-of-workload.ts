import type { KubernetesObject } from '../../model/kubernetes-object.ts';
import { podTemplateOf } from './pod-template.ts';

const templatesOf = ({ spec }: KubernetesObject): string[] => {
  const templates = (spec as { volumeClaimTemplates?: { metadata?: { name?: string } }[] } | undefined)
    ?.volumeClaimTemplates;
  return (templates ?? []).flatMap(({ metadata }) => metadata?.name ?? []);
};

/** A StatefulSet names the claims it makes `<template>-<set>-<ordinal>`. */
const isMadeFor = (claimName: string, set: KubernetesObject): boolean =>
  templatesOf(set).some((template) => {
    const stem = `${template}-${set.metadata.name}-`;
    return claimName.startsWith(stem) && /^\d+$/.test(claimName.slice(stem.length));
  });

/** Whether the pods of a workload mount one of these claims, which are all of its namespace. */
export const mountsAny = (workload: KubernetesObject, claimNames: ReadonlySet<string>): boolean => {
  const mounted = (podTemplateOf(workload).spec?.volumes ?? []).map(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? '',
  );
  if (mounted.some((name) => claimNames.has(name))) return true;
  return templatesOf(workload).length > 0 && [...claimNames].some((name) => isMadeFor(name, workload));
};
