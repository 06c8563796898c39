import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { isJsonObject } from '../schema/json-value.ts';
import type { Store } from '../store/store.ts';
import type { AdmissionAttributes, AdmissionControl } from './admission-control.ts';
import { priorityClassCollection, requireSingleDefault, withPriority } from './pod-priority.ts';
import { collectionOf } from './target.ts';

const isDefault = ({ metadata }: KubernetesObject): boolean =>
  metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';

/** The youngest of the classes that are marked as default; of equally old ones the first by name. */
const defaultClass = (store: Store): string | undefined =>
  store
    .list('storageclasses.storage.k8s.io')
    .map(({ object }) => object)
    .filter(isDefault)
    .sort((one, other) =>
      (other.metadata.creationTimestamp ?? '').localeCompare(one.metadata.creationTimestamp ?? ''),
    )[0]?.metadata.name;

/** Admission plugin DefaultStorageClass: a claim that names no class gets the default one. */
const withDefaultClass = (claim: KubernetesObject, store: Store): KubernetesObject => {
  const spec = isJsonObject(claim['spec']) ? claim['spec'] : {};
  if (spec['storageClassName'] !== undefined) return claim;
  const storageClassName = defaultClass(store);
  return storageClassName === undefined ? claim : { ...claim, spec: { ...spec, storageClassName } };
};

const admitted = (
  { operation, kind, object, subresource }: AdmissionAttributes,
  store: Store,
): KubernetesObject | undefined => {
  if (object === undefined || subresource !== undefined) return object;
  const collection = collectionOf(kind);
  if (collection === priorityClassCollection) requireSingleDefault(object, store);
  if (operation !== 'CREATE') return object;
  if (collection === 'persistentvolumeclaims') return withDefaultClass(object, store);
  return collection === 'pods' ? withPriority(object, store) : object;
};

/** The admission plugins that come with the server, before those that somebody registered. */
export const withBuiltInAdmission = (store: Store, registered: AdmissionControl): AdmissionControl => ({
  mutate: (attributes) => registered.mutate({ ...attributes, object: admitted(attributes, store) }),
  validate: registered.validate,
});
