import type { KubernetesObject } from '../model/kubernetes-object.ts';

type Json = Readonly<Record<string, unknown>>;

const jsonAt = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Json | null | undefined)?.[name], value);

const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const list = jsonAt(value, ...path);
  return Array.isArray(list) ? list : [];
};

const podPath = ({ kind }: KubernetesObject): readonly string[] =>
  kind === 'CronJob'
    ? ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'volumes']
    : ['spec', 'template', 'spec', 'volumes'];

/** A StatefulSet's claims are called `<template>-<set>-<number>`. */
const isOfSet = (claimName: string, set: KubernetesObject): boolean =>
  listAt(set, 'spec', 'volumeClaimTemplates').some((template) => {
    const prefix = `${jsonAt(template, 'metadata', 'name')}-${set.metadata.name}-`;
    return claimName.startsWith(prefix) && /^\d+$/.test(claimName.slice(prefix.length));
  });

/** Whether the pods of a workload mount one of these claims of its namespace. */
export const usesClaim = (workload: KubernetesObject, claimNames: ReadonlySet<string>): boolean => {
  const mounted = listAt(workload, ...podPath(workload)).map((volume) =>
    jsonAt(volume, 'persistentVolumeClaim', 'claimName'),
  );
  return (
    mounted.some((name) => typeof name === 'string' && claimNames.has(name)) ||
    [...claimNames].some((name) => isOfSet(name, workload))
  );
};
