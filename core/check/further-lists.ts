import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Reading } from '../model/reading.ts';

/** Lists that are read only where something that was read before asks for them. Of all but StatefulSets and ResourceQuotas nothing but metadata. */
export const furtherKinds = [
  'statefulSets',
  'resourceQuotas',
  'nodes',
  'secrets',
  'configMaps',
  'serviceAccounts',
  'priorityClasses',
  'runtimeClasses',
] as const;

export type FurtherKind = (typeof furtherKinds)[number];

/** What was read of one site beside; a kind that nothing asked for is left out. */
export type FurtherLists = {
  readonly context: string;
  readonly lists: Partial<Readonly<Record<FurtherKind, Reading<readonly KubernetesObject[]>>>>;
};
