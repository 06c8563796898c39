import type { ObjectMeta } from '../../../core/model/kubernetes-object.ts';

/** The order in which Go prints ObjectMeta; texts of failed patches show it. */
const order = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const satisfies readonly (keyof ObjectMeta)[];

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** Metadata in Go's order, without what Go leaves out because it is empty. */
export const tidyMetadata = (metadata: ObjectMeta): ObjectMeta =>
  Object.fromEntries(order.flatMap((field) => (isEmpty(metadata[field]) ? [] : [[field, metadata[field]]])));
