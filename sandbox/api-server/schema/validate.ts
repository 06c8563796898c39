import type { FieldError } from '../field-error.ts';
import { compileCombinators } from './combinators.ts';
import { isJsonObject, type JsonObject, sameJson } from './json-value.ts';
import { createListCorrelation, type ListCorrelation } from './map-list.ts';
import {
  type Check,
  enumCheck,
  numberCheck,
  textCheck,
  textFormatCheck,
  typeCheck,
} from './scalar-checks.ts';
import type { Schema } from './schema.ts';
import type { Node, Place } from './validation-node.ts';
import { newOutcome, type Outcome, wordViolation } from './violation.ts';

/**
 * Validates against a schema as kube-openapi does: the same texts, the same order (fields of an object before its missing
 * ones). With `old`, what is wrong but unchanged passes (ratcheting). `base` names a field that is validated on its own.
 */
export type Validator = (value: unknown, options?: { old?: unknown; base?: string }) => FieldError[];

type ObjectNodes = {
  properties: { name: string; node: Node }[];
  others: Node | undefined;
  known: Set<string>;
};

const objectNodes = (schema: Schema): ObjectNodes => ({
  properties: Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    node: ratcheted(property),
  })),
  others:
    typeof schema.additionalProperties === 'object' ? ratcheted(schema.additionalProperties) : undefined,
  known: new Set(Object.keys(schema.properties ?? {})),
});

/** What stood in the field before. The type of the whole object cannot be ratcheted: both were converted to it. */
const oldField = (name: string, { path, old }: Place): unknown => {
  if (!isJsonObject(old) || (path === '' && (name === 'kind' || name === 'apiVersion'))) return undefined;
  return Object.hasOwn(old, name) ? old[name] : undefined;
};

const checkPropertyCount = (schema: Schema, object: JsonObject, path: string, outcome: Outcome): void => {
  const { minProperties, maxProperties } = schema;
  if (minProperties === undefined && maxProperties === undefined) return;
  const actual = Object.keys(object).length;
  if (minProperties !== undefined && actual < minProperties) {
    const detail = `${path} in body should have at least ${minProperties} properties`;
    outcome.violations.push({ code: 'invalid', path, value: actual, detail });
  }
  if (maxProperties !== undefined && actual > maxProperties)
    outcome.violations.push({ code: 'tooMany', path, actual, max: maxProperties });
};

const checkOtherFields = (nodes: ObjectNodes, object: JsonObject, place: Place, outcome: Outcome): void => {
  for (const name of Object.keys(object))
    if (!nodes.known.has(name))
      nodes.others?.(object[name], { path: `${place.path}.${name}`, old: oldField(name, place) }, outcome);
};

const refuseOtherFields = (nodes: ObjectNodes, object: JsonObject, path: string, outcome: Outcome): void => {
  for (const name of Object.keys(object))
    if (!nodes.known.has(name)) {
      const detail = `${path}.${name} in body is a forbidden property`;
      outcome.violations.push({ code: 'invalid', path, value: name, detail });
    }
};

const compileObject = (schema: Schema): Node => {
  const nodes = objectNodes(schema);
  const required = schema.required ?? [];
  return (value, place, outcome) => {
    const object = value as JsonObject;
    const { path } = place;
    checkPropertyCount(schema, object, path, outcome);
    if (schema.additionalProperties === false) refuseOtherFields(nodes, object, path, outcome);
    else if (nodes.others !== undefined) checkOtherFields(nodes, object, place, outcome);
    for (const { name, node } of nodes.properties)
      if (Object.hasOwn(object, name))
        node(
          object[name],
          { path: path === '' ? name : `${path}.${name}`, old: oldField(name, place) },
          outcome,
        );
    for (const name of required)
      if (!Object.hasOwn(object, name))
        outcome.violations.push({ code: 'required', path: `${path}.${name}` });
  };
};

const hasDuplicates = (items: readonly unknown[]): boolean =>
  items.some((item, index) => items.findIndex((other) => sameJson(item, other)) < index);

const compileList = (schema: Schema): Node => {
  const { minItems, maxItems } = schema;
  const item = schema.items === undefined ? undefined : ratcheted(schema.items);
  const correlate: ListCorrelation = createListCorrelation(schema);
  return (value, { path, old }, outcome) => {
    const items = value as unknown[];
    const oldItem = Array.isArray(old) ? correlate(old) : undefined;
    if (item !== undefined)
      for (const [index, entry] of items.entries())
        item(entry, { path: `${path}[${index}]`, old: oldItem?.(entry) }, outcome);
    if (minItems !== undefined && items.length < minItems) {
      const detail = `${path} in body should have at least ${minItems} items`;
      outcome.violations.push({ code: 'invalid', path, value: items.length, detail });
    }
    if (maxItems !== undefined && items.length > maxItems)
      outcome.violations.push({ code: 'tooMany', path, actual: items.length, max: maxItems });
    if (schema.uniqueItems === true && hasDuplicates(items))
      outcome.violations.push({
        code: 'invalid',
        path,
        value: '',
        detail: `${path} in body shouldn't contain duplicates`,
      });
    outcome.matches++;
  };
};

const run = (check: Check | undefined, value: unknown, path: string, outcome: Outcome): void => {
  if (check === undefined) return;
  check(value, path, outcome);
  outcome.matches++;
};

/** One schema node; the order of the checks is kube-openapi's. */
const compileNode = (schema: Schema): Node => {
  const type = typeCheck(schema);
  const combinators = compileCombinators(schema, compileNode);
  const text = textCheck(schema);
  const format = textFormatCheck(schema);
  const number = numberCheck(schema);
  const list = compileList(schema);
  const common = enumCheck(schema);
  const object = compileObject(schema);
  return (value, place, outcome) => {
    const { path } = place;
    run(type, value, path, outcome);
    if (value === null) return common?.(value, path, outcome);
    for (const combinator of combinators) combinator(value, place, outcome);
    if (typeof value === 'string') {
      run(text, value, path, outcome);
      run(format, value, path, outcome);
    } else if (typeof value === 'number') run(number, value, path, outcome);
    if (Array.isArray(value)) list(value, place, outcome);
    common?.(value, path, outcome);
    if (isJsonObject(value)) object(value, place, outcome);
    outcome.matches++;
  };
};

/** Forgets what the node found where the value is what it was before the update. */
const ratcheted = (schema: Schema): Node => {
  const node = compileNode(schema);
  return (value, place, outcome) => {
    const before = outcome.violations.length;
    node(value, place, outcome);
    if (place.old !== undefined && outcome.violations.length > before && sameJson(value, place.old))
      outcome.violations.length = before;
  };
};

/** Compiles a schema once; the result holds no state between calls. */
export const compileValidator = (schema: Schema): Validator => {
  const node = ratcheted(schema);
  return (value, { old, base = '' } = {}) => {
    const outcome = newOutcome();
    node(value, { path: '', old }, outcome);
    return outcome.violations.map((violation) => wordViolation(violation, base));
  };
};

/** Validates one object, by `old` as an update of it. For many objects compile the schema once instead. */
export const validateAgainstSchema = (object: unknown, schema: Schema, old?: unknown): FieldError[] =>
  compileValidator(schema)(object, old === undefined ? {} : { old });
