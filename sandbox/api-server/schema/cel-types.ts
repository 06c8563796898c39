import type { Environment } from '@marcbachmann/cel-js';
import { escapeName } from './cel-values.ts';
import type { Schema } from './schema.ts';

const textTypes: Record<string, string> = {
  'date-time': 'google.protobuf.Timestamp',
  datetime: 'google.protobuf.Timestamp',
  date: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  byte: 'bytes',
};

const scalarTypes: Record<string, string> = {
  boolean: 'bool',
  integer: 'int',
  number: 'double',
};

/** What a rule at the root sees of `metadata`. */
const rootMetadata: Schema = {
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
};

/** Adds what every resource has to the root's own fields. */
const withTypeAndMetadata = (schema: Schema): Schema => ({
  ...schema,
  properties: {
    ...schema.properties,
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: rootMetadata,
  },
});

const declareObject = (environment: Environment, schema: Schema, name: string): string => {
  const fields: Record<string, string> = {};
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    const escaped = escapeName(field);
    if (escaped !== undefined) fields[escaped] = declare(environment, property, `${name}_${escaped}`);
  }
  environment.registerType(name, { fields });
  // `!=` comes with `==`.
  environment.registerOperator(`${name} == ${name}`, () => true);
  environment.registerOperator(`${name} == null`, () => true);
  return name;
};

const declareNested = (environment: Environment, schema: Schema, name: string): string => {
  if (schema.type === 'array')
    return schema.items === undefined
      ? 'list'
      : `list<${declare(environment, schema.items, `${name}_item`)}>`;
  const others = schema.additionalProperties;
  if (typeof others === 'object') return `map<string, ${declare(environment, others, `${name}_value`)}>`;
  return schema.properties === undefined ? 'dyn' : declareObject(environment, schema, name);
};

/** Declares the CEL type of a schema in the environment and gives its name. */
const declare = (environment: Environment, schema: Schema, name: string): string => {
  const { type = '', format = '' } = schema;
  if (schema['x-kubernetes-int-or-string'] === true || schema.nullable === true) return 'dyn';
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return 'dyn';
  if (type === 'string') return textTypes[format] ?? 'string';
  return scalarTypes[type] ?? declareNested(environment, schema, name);
};

/**
 * An environment in which `self` and `oldSelf` have the types that the schema gives them. It only checks rules; they run
 * where both are dynamic, because the type checker is stricter about lists and maps of objects than Kubernetes is.
 */
export const typedEnvironment = (
  base: Environment,
  schema: Schema,
  options: { isRoot: boolean; optionalOldSelf: boolean },
): Environment => {
  const environment = base.clone();
  const type = declare(environment, options.isRoot ? withTypeAndMetadata(schema) : schema, 'Self');
  return environment
    .registerVariable('self', type)
    .registerVariable('oldSelf', options.optionalOldSelf ? `optional<${type}>` : type);
};
