import type { FieldError } from '../field-error.ts';
import { findings } from '../schema/finding.ts';
import { sameJson } from '../schema/json-value.ts';
import type { Schema } from '../schema/schema.ts';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** One rule of a structural schema, for one place in it. */
type Rule = (schema: Schema, path: string) => FieldError[];

/** Every field names its type, unless it may hold anything or an int or a string. */
const typeRule =
  (where: string): Rule =>
  (schema, path) => {
    if (schema.type !== undefined)
      return types.includes(schema.type) ? [] : [findings.notSupported(`${path}.type`, schema.type, types)];
    const free =
      schema['x-kubernetes-int-or-string'] === true ||
      schema['x-kubernetes-preserve-unknown-fields'] === true;
    return free && where !== 'at the root'
      ? []
      : [findings.required(`${path}.type`, `must not be empty ${where}`)];
  };

const exclusiveFieldsRule: Rule = (schema, path) =>
  schema.properties !== undefined && typeof schema.additionalProperties === 'object'
    ? [
        findings.forbidden(
          `${path}.additionalProperties`,
          'additionalProperties and properties are mutual exclusive',
        ),
      ]
    : [];

const itemsRule: Rule = (schema, path) =>
  schema.type === 'array' && schema.items === undefined
    ? [findings.required(`${path}.items`, 'must be specified')]
    : [];

const uniqueItemsRule: Rule = (schema, path) =>
  schema.uniqueItems === true
    ? [
        findings.forbidden(
          `${path}.uniqueItems`,
          'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
        ),
      ]
    : [];

const preserveRule: Rule = (schema, path) =>
  schema['x-kubernetes-preserve-unknown-fields'] === false
    ? [findings.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')]
    : [];

const listMapRule: Rule = (schema, path) => {
  if (schema['x-kubernetes-list-type'] !== 'map') return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const properties = schema.items?.properties ?? {};
  const required = schema.items?.required ?? [];
  const missing = keys.filter((key) => !Object.hasOwn(properties, key));
  const loose = keys.filter(
    (key) =>
      Object.hasOwn(properties, key) && !required.includes(key) && properties[key]?.default === undefined,
  );
  return [
    ...(keys.length === 0
      ? [
          findings.required(
            `${path}.x-kubernetes-list-map-keys`,
            'must not be empty if x-kubernetes-list-type is map',
          ),
        ]
      : []),
    ...missing.map((key) =>
      findings.invalid(
        `${path}.x-kubernetes-list-map-keys`,
        key,
        'entries must all be names of item properties',
      ),
    ),
    ...loose.map((key) =>
      findings.required(
        `${path}.items.properties[${key}].default`,
        'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      ),
    ),
  ];
};

const patternRule: Rule = (schema, path) => {
  if (schema.pattern === undefined) return [];
  try {
    new RegExp(schema.pattern, 'u');
    return [];
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return [
      findings.invalid(
        `${path}.pattern`,
        schema.pattern,
        `must be a valid regular expression, but isn't: ${why}`,
      ),
    ];
  }
};

const missingRuleText: Rule = (schema, path) =>
  (schema['x-kubernetes-validations'] ?? []).flatMap(({ rule }, index) =>
    typeof rule === 'string' && rule.trim() !== ''
      ? []
      : [findings.required(`${path}.x-kubernetes-validations[${index}].rule`, 'rule is not specified')],
  );

const ownRules: readonly Rule[] = [
  exclusiveFieldsRule,
  itemsRule,
  uniqueItemsRule,
  preserveRule,
  listMapRule,
  patternRule,
  missingRuleText,
];

/** Inside `allOf`, `anyOf`, `oneOf` and `not`, only values are judged: what a field is must be said outside. */
const structureOnly = ['type', 'description', 'default', 'nullable', 'additionalProperties'] as const;

const checkJunctor = (schema: Schema, path: string): FieldError[] => [
  ...structureOnly.flatMap((name) =>
    schema[name] === undefined
      ? []
      : [findings.forbidden(`${path}.${name}`, 'must be empty to be structural')],
  ),
  ...inProperties(schema, path, checkJunctor),
  ...(schema.items === undefined ? [] : checkJunctor(schema.items, `${path}.items`)),
  ...inJunctors(schema, path),
];

const inProperties = (
  schema: Schema,
  path: string,
  check: (schema: Schema, path: string) => FieldError[],
): FieldError[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    check(property, `${path}.properties[${name}]`),
  );

const inJunctors = (schema: Schema, path: string): FieldError[] => [
  ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((name) =>
    // The one allowed use with types: a number or a text.
    schema['x-kubernetes-int-or-string'] === true && name !== 'oneOf'
      ? []
      : (schema[name] ?? []).flatMap((inner, index) => checkJunctor(inner, `${path}.${name}[${index}]`)),
  ),
  ...(schema.not === undefined ? [] : checkJunctor(schema.not, `${path}.not`)),
];

const checkNode = (schema: Schema, path: string, where: string): FieldError[] => [
  ...typeRule(where)(schema, path),
  ...ownRules.flatMap((rule) => rule(schema, path)),
  ...inJunctors(schema, path),
  ...inProperties(schema, path, (property, at) => checkNode(property, at, 'for specified object fields')),
  ...(typeof schema.additionalProperties === 'object'
    ? checkNode(schema.additionalProperties, `${path}.additionalProperties`, 'for specified object fields')
    : []),
  ...(schema.items === undefined
    ? []
    : checkNode(schema.items, `${path}.items`, 'for specified array items')),
];

const metadataNames = ['name', 'generateName'];

/** The server knows what metadata is; a CRD may only narrow its names. */
const checkMetadata = (schema: Schema, path: string): FieldError[] => {
  const metadata = schema.properties?.['metadata'];
  if (metadata === undefined) return [];
  const { properties = {}, type: _type, description: _description, ...more } = metadata;
  const plain = Object.keys(properties).every((name) => metadataNames.includes(name)) && sameJson(more, {});
  return plain
    ? []
    : [
        findings.forbidden(
          `${path}.properties[metadata]`,
          'must not specify anything other than name and generateName, but metadata is implicitly specified',
        ),
      ];
};

/** What keeps a schema from being structural, in a kube-apiserver's words. `path` names the schema in the CRD. */
export const checkStructural = (schema: Schema, path: string): FieldError[] => [
  ...checkMetadata(schema, path),
  ...checkNode(schema, path, 'at the root'),
];
