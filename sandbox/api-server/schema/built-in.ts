import type { CompactDefinition } from './compact-definition.ts';
import { definitions } from './generated/definitions.ts';
import {
  atomicMaps,
  atomicTypes,
  granularFields,
  keyDefaults,
  keyedLists,
  mergedByPatch,
  quantities,
  replacedByPatch,
  retainKeys,
  sets,
  setsMergedByPatch,
} from './merge-table.ts';
import type { Schema } from './schema.ts';

/** `Quantity` in the API documents: a text, or a number that is read as one. */
const quantity: Schema = {
  definition: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  type: 'string',
  'x-kubernetes-int-or-string': true,
};

const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

/** A CRD's schema describes schemas, itself among them; it is taken as it is, and checked when the CRD is read. */
const endless = new Set(['JSONSchemaProps']);

const plainName = (definition: string): string => definition.slice(definition.lastIndexOf('.') + 1);

const scalar = (type: string): Schema => {
  if (type === 'any') return anything;
  if (type === 'int-or-string') return { 'x-kubernetes-int-or-string': true, format: 'int-or-string' };
  const [name, format] = type.split(':') as [NonNullable<Schema['type']>, string | undefined];
  return format === undefined ? { type: name } : { type: name, format };
};

type Resolve = (definition: string) => Schema;

const typed = (type: string, isQuantity: boolean, resolve: Resolve): Schema => {
  if (type.startsWith('[]')) return { type: 'array', items: typed(type.slice(2), isQuantity, resolve) };
  if (type.startsWith('{}'))
    return { type: 'object', additionalProperties: typed(type.slice(2), isQuantity, resolve) };
  if (isQuantity) return quantity;
  return type.startsWith('#') ? resolve(type.slice(1)) : scalar(type);
};

const listType = (place: string): Partial<Schema> => {
  const keys = keyedLists[place];
  if (keys !== undefined) return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [...keys] };
  return sets.has(place) ? { 'x-kubernetes-list-type': 'set' } : { 'x-kubernetes-list-type': 'atomic' };
};

const patchStrategy = (place: string): Partial<Schema> => {
  const key = mergedByPatch[place] ?? (replacedByPatch.has(place) ? undefined : keyedLists[place]?.[0]);
  const merges = key !== undefined || setsMergedByPatch.has(place);
  const strategy = [...(merges ? ['merge'] : []), ...(retainKeys.has(place) ? ['retainKeys'] : [])].join(',');
  return {
    ...(strategy === '' ? {} : { 'x-kubernetes-patch-strategy': strategy }),
    ...(key === undefined ? {} : { 'x-kubernetes-patch-merge-key': key }),
  };
};

const fieldExtras = (place: string, schema: Schema): Partial<Schema> => ({
  ...(schema.type === 'array' ? listType(place) : {}),
  ...patchStrategy(place),
  ...(atomicMaps.has(place) ? { 'x-kubernetes-map-type': 'atomic' as const } : {}),
  ...(granularFields.has(place) ? { 'x-kubernetes-map-type': 'granular' as const } : {}),
  ...(keyDefaults[place] === undefined ? {} : { default: keyDefaults[place] }),
});

const linkField = (place: string, type: string, resolve: Resolve): Schema => {
  const schema = typed(type, quantities.has(place), resolve);
  return { ...schema, ...fieldExtras(place, schema) };
};

const linkDefinition = (name: string, compact: CompactDefinition, resolve: Resolve): Schema => {
  const plain = plainName(name);
  const head: Schema = { type: 'object', definition: name };
  if (endless.has(plain)) return { ...head, 'x-kubernetes-preserve-unknown-fields': true };
  return {
    ...head,
    ...(compact.required.length === 0 ? {} : { required: compact.required }),
    ...(atomicTypes.has(plain) ? { 'x-kubernetes-map-type': 'atomic' as const } : {}),
    properties: Object.fromEntries(
      Object.entries(compact.fields).map(([field, type]) => [
        field,
        linkField(`${plain}.${field}`, type, resolve),
      ]),
    ),
  };
};

/** Links all definitions; each is one schema object, shared by all fields of its type. */
const linkAll = (): ReadonlyMap<string, Schema> => {
  const linked = new Map<string, Schema>();
  const resolve: Resolve = (name) => {
    const known = linked.get(name);
    if (known !== undefined) return known;
    const compact = definitions[name];
    const schema = compact === undefined ? anything : linkDefinition(name, compact, resolve);
    linked.set(name, schema);
    return schema;
  };
  for (const name of Object.keys(definitions)) resolve(name);
  return linked;
};

const schemas = linkAll();

/** Where the API documents keep the types of a group version. */
const packages: Readonly<Record<string, string>> = {
  v1: 'io.k8s.api.core.v1',
  'admissionregistration.k8s.io/v1': 'io.k8s.api.admissionregistration.v1',
  'apiextensions.k8s.io/v1': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'apps/v1': 'io.k8s.api.apps.v1',
  'authentication.k8s.io/v1': 'io.k8s.api.authentication.v1',
  'authorization.k8s.io/v1': 'io.k8s.api.authorization.v1',
  'autoscaling/v1': 'io.k8s.api.autoscaling.v1',
  'autoscaling/v2': 'io.k8s.api.autoscaling.v2',
  'batch/v1': 'io.k8s.api.batch.v1',
  'coordination.k8s.io/v1': 'io.k8s.api.coordination.v1',
  'events.k8s.io/v1': 'io.k8s.api.events.v1',
  'policy/v1': 'io.k8s.api.policy.v1',
  'rbac.authorization.k8s.io/v1': 'io.k8s.api.rbac.v1',
  'scheduling.k8s.io/v1': 'io.k8s.api.scheduling.v1',
  'storage.k8s.io/v1': 'io.k8s.api.storage.v1',
};

/** The schema of a type under its name in the API documents. Throws for one that is not there. */
export const builtInType = (definition: string): Schema => {
  const schema = schemas.get(definition);
  if (schema === undefined) throw new Error(`there is no built-in schema for ${definition}`);
  return schema;
};

/** The schema of a built-in kind, of the Kubernetes version that client-node was made for. Throws for one that is not there. */
export const builtInSchema = (apiVersion: string, kind: string): Schema =>
  builtInType(`${packages[apiVersion] ?? apiVersion}.${kind}`);
