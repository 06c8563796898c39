import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { Kind } from '../kind.ts';
import { builtInKind } from './built-in-kind.ts';
import { text } from './columns.ts';
import { listAt, recordAt, textAt } from './reading.ts';

const nameLabel = 'kubernetes.io/metadata.name';

/** Every namespace carries its name as a label, so that selectors can name it; nobody can take it away. */
const labelled = (namespace: KubernetesObject): KubernetesObject => {
  const { name = '' } = namespace.metadata;
  if (name === '') return namespace;
  const labels = { ...namespace.metadata.labels, [nameLabel]: name };
  return { ...namespace, metadata: { ...namespace.metadata, labels } };
};

const create = (namespace: KubernetesObject): KubernetesObject => {
  const given = listAt(namespace, 'spec', 'finalizers');
  const finalizers = given.includes('kubernetes') ? given : [...given, 'kubernetes'];
  return { ...namespace, spec: { ...recordAt(namespace, 'spec'), finalizers }, status: { phase: 'Active' } };
};

/** `spec.finalizers` changes only through the subresource `finalize`. */
const update = (namespace: KubernetesObject, old: KubernetesObject): KubernetesObject => ({
  ...namespace,
  spec: recordAt(old, 'spec'),
});

/** Namespaces. */
export const namespaces: Kind = builtInKind(resources.namespaces, {
  shortNames: ['ns'],
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  status: true,
  nameRule: 'label',
  create,
  update,
  defaults: labelled,
  selectableFields: { 'status.phase': (namespace) => textAt(namespace, 'status', 'phase') },
  columns: [text('Status', (namespace) => textAt(namespace, 'status', 'phase'))],
});
