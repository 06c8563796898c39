import type { KubernetesObject } from '../model/kubernetes-object.ts';

type Shape = 'fields' | 'text' | 'texts' | 'texts by name';

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const areTexts = (values: readonly unknown[]): boolean => values.every((value) => typeof value === 'string');

const checks: Readonly<Record<Shape, (value: unknown) => boolean>> = {
  fields: isFields,
  text: (value) => typeof value === 'string',
  texts: (value) => Array.isArray(value) && areTexts(value),
  'texts by name': (value) => isFields(value) && areTexts(Object.values(value)),
};

type Field = readonly [path: string, shape: Shape, need?: 'required'];

const replicationFields: readonly Field[] = [['spec', 'fields', 'required']];

/** Of each kind the fields that a restore looks into: what is in the others is for the server to judge. */
const fields: Readonly<Record<string, readonly Field[]>> = {
  PersistentVolume: [
    ['spec', 'fields', 'required'],
    ['spec.capacity', 'texts by name'],
    ['spec.accessModes', 'texts'],
    ['spec.csi', 'fields'],
    ['spec.csi.driver', 'text'],
    ['spec.csi.volumeHandle', 'text'],
    ['spec.csi.volumeAttributes', 'texts by name'],
    ['spec.claimRef', 'fields'],
    ['spec.claimRef.namespace', 'text'],
    ['spec.claimRef.name', 'text'],
    ['spec.claimRef.uid', 'text'],
    ['spec.storageClassName', 'text'],
    ['spec.volumeMode', 'text'],
  ],
  PersistentVolumeClaim: [
    ['spec', 'fields', 'required'],
    ['spec.accessModes', 'texts'],
    ['spec.resources', 'fields'],
    ['spec.resources.requests', 'texts by name'],
    ['spec.storageClassName', 'text'],
    ['spec.volumeName', 'text'],
    ['spec.volumeMode', 'text'],
  ],
  VolumeReplication: [
    ...replicationFields,
    ['spec.volumeReplicationClass', 'text', 'required'],
    ['spec.dataSource', 'fields', 'required'],
    ['spec.dataSource.kind', 'text', 'required'],
    ['spec.dataSource.name', 'text', 'required'],
  ],
  VolumeGroupReplication: [
    ...replicationFields,
    ['spec.volumeGroupReplicationClassName', 'text', 'required'],
  ],
};

const at = (object: KubernetesObject, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, step) => (isFields(value) && Object.hasOwn(value, step) ? value[step] : undefined),
      object,
    );

const faultOf = (object: KubernetesObject, [path, shape, need]: Field): string | undefined => {
  const value = at(object, path);
  if (value === undefined) return need === 'required' ? `${path} is missing` : undefined;
  return checks[shape](value) ? undefined : `${path} must be ${shape}`;
};

/** A DNS subdomain, as the names of all restored kinds are. */
const validName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const nameFault = ({
  name = '',
  namespace = 'default',
}: KubernetesObject['metadata']): string | undefined => {
  if (!validName.test(name)) return 'metadata.name is no name that a server takes';
  return validName.test(namespace) ? undefined : 'metadata.namespace is no name that a server takes';
};

/** Why an object of a known kind cannot be restored as it is, as one clause; undefined where it can. */
export const shapeFault = (object: KubernetesObject): string | undefined => {
  const fault = nameFault(object.metadata);
  if (fault !== undefined) return fault;
  for (const field of fields[object.kind ?? ''] ?? []) {
    const found = faultOf(object, field);
    if (found !== undefined) return found;
  }
  return undefined;
};
