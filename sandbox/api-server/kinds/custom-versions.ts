import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { FieldError } from '../field-error.ts';
import { compileRules } from '../schema/cel.ts';
import { findings } from '../schema/finding.ts';
import { isJsonObject, sameJson } from '../schema/json-value.ts';
import type { Schema, ValidationRule } from '../schema/schema.ts';
import { compileValidator } from '../schema/validate.ts';
import { checkDnsLabel } from './custom-names.ts';
import { field, type InternalType, internalForm } from './internal-form.ts';
import { compilePath } from './json-path.ts';
import { listAt, read, recordAt, textAt, textsAt } from './reading.ts';
import { checkStructural } from './structural-schema.ts';

const validationRule: InternalType = [
  field('Rule', 'rule', ''),
  field('Message', 'message', ''),
  field('MessageExpression', 'messageExpression', ''),
  field('Reason', 'reason'),
  field('FieldPath', 'fieldPath', ''),
  field('OptionalOldSelf', 'optionalOldSelf'),
];

/** Shows the whole rule in its internal form, as the server does. */
const brokenRule = (path: string, rule: ValidationRule, why: string): FieldError => ({
  reason: 'FieldValueInvalid',
  field: path,
  message: `Invalid value: ${JSON.stringify(internalForm(rule, validationRule))}: ${why}`,
});

const checkRules = (schema: Schema, path: string): FieldError[] =>
  compileRules(schema).broken.map(({ path: at, rule, message }) =>
    brokenRule(`${path}.${at}`, rule, message),
  );

/** A default has to be valid itself. */
const checkDefaults = (schema: Schema, path: string): FieldError[] => [
  ...(schema.default === undefined
    ? []
    : compileValidator({ ...schema, default: undefined })(schema.default, { base: `${path}.default` })),
  ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    checkDefaults(property, `${path}.properties[${name}]`),
  ),
  ...(schema.items === undefined ? [] : checkDefaults(schema.items, `${path}.items`)),
  ...(typeof schema.additionalProperties === 'object'
    ? checkDefaults(schema.additionalProperties, `${path}.additionalProperties`)
    : []),
];

/** The structure first; rules and defaults are judged only where it stands. */
const checkSchema = (schema: unknown, path: string): FieldError[] => {
  if (!isJsonObject(schema)) return [findings.required(path)];
  const structure = checkStructural(schema as Schema, path);
  if (structure.length > 0) return structure;
  return [...checkDefaults(schema as Schema, path), ...checkRules(schema as Schema, path)];
};

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];

const checkPath = (path: string, at: string): FieldError[] => {
  if (path === '') return [findings.required(at)];
  return path.startsWith('.') && compilePath(path) !== undefined
    ? []
    : [findings.invalid(at, path, 'must be a simple json path starting with .')];
};

const checkColumn = (column: unknown, at: string): FieldError[] => {
  const type = textAt(column, 'type');
  return [
    ...(textAt(column, 'name') === '' ? [findings.required(`${at}.name`)] : []),
    ...(columnTypes.includes(type)
      ? []
      : [findings.invalid(`${at}.type`, type, `must be one of ${columnTypes.join(',')}`)]),
    ...checkPath(textAt(column, 'jsonPath'), `${at}.JSONPath`),
  ];
};

const checkScalePath = (scale: unknown, name: string, root: string, at: string): FieldError[] => {
  const path = textAt(scale, name);
  const found = checkPath(path, `${at}.${name}`);
  if (found.length > 0 || path.startsWith(`.${root}.`)) return found;
  return [findings.invalid(`${at}.${name}`, path, `should be a json path under .${root}`)];
};

const checkScale = (version: unknown, at: string): FieldError[] => {
  const scale = read(version, 'subresources', 'scale');
  if (scale === undefined) return [];
  const path = `${at}.subresources.scale`;
  return [
    ...checkScalePath(scale, 'specReplicasPath', 'spec', path),
    ...checkScalePath(scale, 'statusReplicasPath', 'status', path),
  ];
};

const fieldAt = (schema: unknown, path: string): unknown =>
  path
    .split('.')
    .slice(1)
    .reduce<unknown>((found, name) => read(found, 'properties', name), schema);

const checkSelectable = (version: unknown, at: string): FieldError[] =>
  listAt(version, 'selectableFields').flatMap((selectable, index) => {
    const path = textAt(selectable, 'jsonPath');
    if (isJsonObject(fieldAt(read(version, 'schema', 'openAPIV3Schema'), path))) return [];
    return [
      findings.invalid(
        `${at}.selectableFields[${index}].jsonPath`,
        path,
        'is an invalid path: does not refer to a valid field',
      ),
    ];
  });

/**
 * One version. The server hoists what all versions have in common to the top of the spec before it validates, and its messages
 * name that place.
 */
const checkVersion = (version: unknown, at: string, common: boolean): FieldError[] => {
  const top = common ? 'spec' : at;
  const schemaPath = common ? 'spec.validation.openAPIV3Schema' : `${at}.schema.openAPIV3Schema`;
  return [
    ...checkSchema(read(version, 'schema', 'openAPIV3Schema'), schemaPath),
    ...checkScale(version, top),
    ...listAt(version, 'additionalPrinterColumns').flatMap((column, index) =>
      checkColumn(column, `${top}.additionalPrinterColumns[${index}]`),
    ),
    ...checkSelectable(version, top),
  ];
};

const shared = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'];

const sayAlike = (versions: readonly unknown[]): boolean =>
  versions.every((version) => shared.every((name) => sameJson(read(version, name), read(versions[0], name))));

/** Findings about `spec.versions`: names, exactly one stored, structural schemas, rules that compile, columns, subresources. */
export const checkVersions = (crd: KubernetesObject): FieldError[] => {
  const versions = listAt(crd, 'spec', 'versions');
  const names = versions.map((version) => textAt(version, 'name'));
  const stored = versions.filter((version) => read(version, 'storage') === true);
  const alike = versions.length > 0 && sayAlike(versions);
  const hasSchemas = versions.every((version) => Object.keys(recordAt(version, 'schema')).length > 0);
  const at = (index: number) => `spec.versions[${index}]`;
  return [
    ...names.flatMap((name, index) => checkDnsLabel(`${at(index)}.name`, name)),
    ...(alike && hasSchemas
      ? checkVersion(versions[0], at(0), true)
      : versions.flatMap((version, index) => checkVersion(version, at(index), false))),
    ...(new Set(names).size === names.length
      ? []
      : [findings.invalid('spec.versions', versions, 'must contain unique version names')]),
    ...(stored.length === 1
      ? []
      : [
          findings.invalid(
            'spec.versions',
            versions.length === 0 ? null : versions,
            'must have exactly one version marked as storage version',
          ),
        ]),
    ...unknownStored(crd, names),
  ];
};

/** Objects may still be stored in a version that is to go. */
const unknownStored = (crd: KubernetesObject, names: readonly string[]): FieldError[] =>
  textsAt(crd, 'status', 'storedVersions')
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => !names.includes(name))
    .map(({ name, index }) =>
      findings.invalid(
        `status.storedVersions[${index}]`,
        name,
        'missing from spec.versions; was a part of it when objects were stored',
      ),
    );
