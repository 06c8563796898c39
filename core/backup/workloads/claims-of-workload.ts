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

/** The claims that the pod template of a workload names itself, whether they are there or not. */
export const claimsNamedBy = (workload: KubernetesObject): string[] =>
  (podTemplateOf(workload).spec?.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName || [],
  );

/** Which of these claims, which are all of its namespace, the pods of a workload mount. */
export const claimsMountedBy = (workload: KubernetesObject, claimNames: ReadonlySet<string>): string[] => {
  const mounted = claimsNamedBy(workload);
  const made =
    templatesOf(workload).length === 0 ? [] : [...claimNames].filter((name) => isMadeFor(name, workload));
  return [...new Set([...mounted.filter((name) => claimNames.has(name)), ...made])].sort();
};
