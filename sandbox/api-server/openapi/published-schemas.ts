import { apiVersionOf } from '../../../core/model/resource.ts';
import type { Kind } from '../kind.ts';
import { builtInType } from '../schema/built-in.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import { objectMetaSchema } from '../schema/object-meta.ts';
import type { Schema } from '../schema/schema.ts';

/** The two forms of the documents: where schemas stand, and what may be said in them. */
export type Dialect = { refs: '#/components/schemas/' | '#/definitions/'; version: 2 | 3 };

/** Schemas by name, as a document carries them. */
export type PublishedSchemas = Record<string, JsonObject>;

const quantityName = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const listMetaName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';

const quantities: Record<Dialect['version'], JsonObject> = {
  2: { description: 'Quantity is a fixed-point representation of a number.', type: 'string' },
  3: {
    description: 'Quantity is a fixed-point representation of a number.',
    oneOf: [{ type: 'string' }, { type: 'number' }],
  },
};

const intOrString: Record<Dialect['version'], JsonObject> = {
  2: { type: 'string', format: 'int-or-string' },
  3: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
};

const text = { type: 'string' };

const listMeta: JsonObject = {
  description: 'ListMeta describes metadata that synthetic resources must have, including lists.',
  type: 'object',
  properties: {
    continue: text,
    remainingItemCount: { type: 'integer', format: 'int64' },
    resourceVersion: text,
    selfLink: text,
  },
};

/** The name of a kind's schema: a built-in type has its own, a custom one is named after its group read backwards. */
export const schemaName = ({ schema, resource }: Kind): string =>
  schema.definition ?? [...resource.group.split('.').reverse(), resource.version, resource.kind].join('.');

const listName = (kind: Kind): string => {
  const name = schemaName(kind);
  return name.slice(0, name.lastIndexOf('.') + 1) + kind.listKind;
};

/** `x-kubernetes-group-version-kind` of a kind or its list. */
export const groupVersionKind = (
  { resource: { group, version, kind } }: Kind,
  name: string = kind,
): JsonObject => ({
  group,
  version,
  kind: name,
});

/** Only version 3 knows these. */
const onlyInVersion3 = new Set(['nullable', 'oneOf', 'anyOf', 'allOf', 'not']);

/** Collects the schemas that others refer to while it writes them down. */
type Publisher = { dialect: Dialect; schemas: PublishedSchemas };

const addReferenced = (name: string, publisher: Publisher): void => {
  if (Object.hasOwn(publisher.schemas, name)) return;
  publisher.schemas[name] = {};
  publisher.schemas[name] =
    name === quantityName ? quantities[publisher.dialect.version] : write(builtInType(name), publisher);
};

const reference = (name: string, schema: Schema, publisher: Publisher): JsonObject => {
  addReferenced(name, publisher);
  const target = { $ref: `${publisher.dialect.refs}${name}` };
  // What stands beside a $ref is ignored, in version 3 at least; allOf keeps both.
  if (publisher.dialect.version === 2) return target;
  const { description, default: fallback } = schema;
  const ofField = description === publisher.schemas[name]?.['description'] ? undefined : description;
  return {
    allOf: [target],
    ...(ofField === undefined ? {} : { description: ofField }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...extensionsOf(schema),
  };
};

const extensionsOf = (schema: Schema): JsonObject =>
  Object.fromEntries(
    Object.entries(schema).filter(
      ([name]) => name.startsWith('x-kubernetes-') && name !== 'x-kubernetes-int-or-string',
    ),
  );

const nested = (schema: Schema, publisher: Publisher): JsonObject =>
  schema.definition === undefined
    ? write(schema, publisher)
    : reference(schema.definition, schema, publisher);

const nestedAll = (schemas: Record<string, Schema>, publisher: Publisher): JsonObject =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, nested(schema, publisher)]));

const writeKeyword = (name: string, value: unknown, publisher: Publisher): unknown => {
  if (name === 'properties') return nestedAll(value as Record<string, Schema>, publisher);
  if (name === 'items' || name === 'not') return nested(value as Schema, publisher);
  if (name === 'additionalProperties') return isJsonObject(value) ? nested(value, publisher) : value;
  if (Array.isArray(value) && ['allOf', 'anyOf', 'oneOf'].includes(name))
    return value.map((schema: Schema) => nested(schema, publisher));
  return value;
};

/** One schema without its name, with references to what it uses. */
const write = (schema: Schema, publisher: Publisher): JsonObject => {
  const { version } = publisher.dialect;
  const written: JsonObject = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'definition' || (version === 2 && onlyInVersion3.has(name))) continue;
    written[name] = writeKeyword(name, value, publisher);
  }
  return schema.format === 'int-or-string' ? { ...written, ...intOrString[version] } : written;
};

const about = {
  apiVersion: {
    type: 'string',
    description: 'APIVersion defines the versioned schema of this representation of an object.',
  },
  kind: {
    type: 'string',
    description: 'Kind is a string value representing the REST resource this object represents.',
  },
} satisfies Record<string, Schema>;

/** A custom kind's schema leaves to the server what every object has. */
const withObjectFields = (schema: Schema): Schema => ({
  ...schema,
  properties: {
    ...schema.properties,
    ...about,
    metadata: { ...objectMetaSchema, description: "Standard object's metadata." },
  },
});

const publishKind = (kind: Kind, publisher: Publisher): void => {
  const schema = kind.custom ? withObjectFields(kind.schema) : kind.schema;
  publisher.schemas[schemaName(kind)] = {
    ...write(schema, publisher),
    'x-kubernetes-group-version-kind': [groupVersionKind(kind)],
  };
};

const publishList = (kind: Kind, publisher: Publisher): void => {
  const { refs } = publisher.dialect;
  publisher.schemas[listMetaName] = listMeta;
  publisher.schemas[listName(kind)] = {
    description: `${kind.listKind} is a list of ${kind.resource.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...about,
      items: { type: 'array', items: { $ref: `${refs}${schemaName(kind)}` } },
      metadata: { $ref: `${refs}${listMetaName}` },
    },
    'x-kubernetes-group-version-kind': [groupVersionKind(kind, kind.listKind)],
  };
};

/** The schemas of kinds, of their lists, and of all types that they use. */
export const publishSchemas = (kinds: readonly Kind[], dialect: Dialect): PublishedSchemas => {
  const publisher: Publisher = { dialect, schemas: {} };
  for (const kind of kinds) {
    publishKind(kind, publisher);
    if (kind.verbs.includes('list')) publishList(kind, publisher);
  }
  return Object.fromEntries(
    Object.entries(publisher.schemas).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
};

/** `/api/v1` or `/apis/group/version`. */
export const groupVersionPath = ({ resource }: Kind): string =>
  `${resource.group === '' ? '/api' : '/apis'}/${apiVersionOf(resource)}`;
