import type { FieldError } from '../field-error.ts';
import { type CompiledRule, compileRule, createRuleEnvironment, type RuleEnvironment } from './cel-rule.ts';
import { toCel } from './cel-values.ts';
import { findings, omitted } from './finding.ts';
import { isJsonObject, sameJson } from './json-value.ts';
import { createListCorrelation } from './map-list.ts';
import type { Schema, ValidationRule } from './schema.ts';

/** A rule that does not compile: where it stands in the schema (`properties[spec].x-kubernetes-validations[0].rule`). */
export type BrokenRule = { path: string; rule: ValidationRule; message: string };

/** The rules of a schema, compiled. `validate` takes the whole object, and with `old` checks transition rules too. */
export type CompiledRules = {
  broken: readonly BrokenRule[];
  validate: (object: unknown, old?: unknown) => FieldError[];
};

/** A value under rules. `sameAsBefore` tells whether it, or its nearest correlated parent, is unchanged by an update. */
type Place = {
  value: unknown;
  old: unknown;
  field: string;
  correlated: boolean;
  sameAsBefore: () => boolean;
};

type RuleCheck = (place: Place) => FieldError[];

const never = () => false;

const once = (decide: () => boolean): (() => boolean) => {
  let decided: boolean | undefined;
  return () => {
    decided ??= decide();
    return decided;
  };
};

/** The place of a field or an item; without an old value, the parent's unchangedness stands for its own. */
const inside = (parent: Place, field: string, value: unknown, old: unknown): Place => {
  const correlated = parent.correlated && old !== undefined;
  const sameAsBefore = correlated ? once(() => sameJson(value, old)) : parent.sameAsBefore;
  return { value, old, field, correlated, sameAsBefore };
};

const trimmed = (text: string | undefined): string => (text ?? '').trim();

const nameOf = (rule: ValidationRule): string => trimmed(rule.message) || trimmed(rule.rule);

const staticMessage = (rule: ValidationRule): string =>
  trimmed(rule.message) || `failed rule: ${nameOf(rule)}`;

const messageOf = ({ rule, message }: CompiledRule, values: { self: unknown; oldSelf: unknown }): string => {
  if (message === undefined) return staticMessage(rule);
  try {
    const text = message(values);
    const usable = typeof text === 'string' && text.trim() !== '' && !text.trim().includes('\n');
    return usable ? text.trim() : staticMessage(rule);
  } catch {
    return staticMessage(rule);
  }
};

const findingFor = (
  reason: string | undefined,
  field: string,
  value: unknown,
  detail: string,
): FieldError => {
  if (reason === 'FieldValueForbidden') return findings.forbidden(field, detail);
  if (reason === 'FieldValueRequired') return findings.required(field, detail);
  if (reason === 'FieldValueDuplicate') return findings.duplicate(field, value);
  return findings.invalid(field, value, detail);
};

const joined = (field: string, path: string): string => {
  if (field === '' || path === '') return field || path;
  return path.startsWith('[') ? `${field}${path}` : `${field}.${path}`;
};

const failureText = (reason: string, rule: ValidationRule): string =>
  reason.startsWith('no such overload')
    ? `'${reason}': call arguments did not match a supported operator, function or macro signature for rule: ${nameOf(rule)}`
    : `${reason} evaluating rule: ${nameOf(rule)}`;

const runRule = (compiled: CompiledRule, schema: Schema, place: Place): FieldError[] => {
  const { rule } = compiled;
  if (compiled.usesOldSelf && place.old === undefined && rule.optionalOldSelf !== true) return [];
  const values = {
    self: toCel(place.value, schema),
    oldSelf: place.old === undefined ? undefined : toCel(place.old, schema),
  };
  try {
    if (compiled.run(values) === true) return [];
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return [findings.invalid(place.field, schema.type ?? '', failureText(reason, rule))];
  }
  if (!compiled.usesOldSelf && place.sameAsBefore()) return [];
  const value = schema.type === 'object' || schema.type === 'array' ? omitted : place.value;
  const field = joined(place.field, compiled.fieldPath);
  return [findingFor(rule.reason, field, value, messageOf(compiled, values))];
};

const ownRules = (schema: Schema, rules: readonly CompiledRule[]): RuleCheck | undefined =>
  rules.length === 0 ? undefined : (place) => rules.flatMap((rule) => runRule(rule, schema, place));

type Compilation = { environment: RuleEnvironment; broken: BrokenRule[] };

const compileOwn = (
  schema: Schema,
  path: string,
  isRoot: boolean,
  compilation: Compilation,
): CompiledRule[] =>
  (schema['x-kubernetes-validations'] ?? []).flatMap((rule, index) => {
    const compiled = compileRule(rule, { schema, environment: compilation.environment, isRoot });
    if (!('problem' in compiled)) return [compiled];
    compilation.broken.push({
      path: `${path}x-kubernetes-validations[${index}].${compiled.of}`,
      rule,
      message: compiled.problem,
    });
    return [];
  });

const inItems = (schema: Schema, check: RuleCheck): RuleCheck => {
  const correlate = createListCorrelation(schema);
  return (place) => {
    if (!Array.isArray(place.value)) return [];
    const oldItem = Array.isArray(place.old) ? correlate(place.old) : undefined;
    return place.value.flatMap((item, index) =>
      check(inside(place, `${place.field}[${index}]`, item, oldItem?.(item))),
    );
  };
};

const oldField = (old: unknown, name: string): unknown =>
  isJsonObject(old) && Object.hasOwn(old, name) ? old[name] : undefined;

const inField = (name: string, check: RuleCheck): RuleCheck => {
  return (place) => {
    if (!isJsonObject(place.value) || !Object.hasOwn(place.value, name)) return [];
    const field = place.field === '' ? name : `${place.field}.${name}`;
    return check(inside(place, field, place.value[name], oldField(place.old, name)));
  };
};

const inValues = (check: RuleCheck): RuleCheck => {
  return (place) => {
    const { value, old, field } = place;
    if (!isJsonObject(value)) return [];
    return Object.keys(value).flatMap((key) =>
      check(inside(place, `${field}[${key}]`, value[key], oldField(old, key))),
    );
  };
};

/** The rules of a schema and of all inside it; undefined where there are none, so that nothing is walked. */
const compileNode = (
  schema: Schema,
  path: string,
  isRoot: boolean,
  compilation: Compilation,
): RuleCheck | undefined => {
  const checks: RuleCheck[] = [];
  const add = (check: RuleCheck | undefined, place: (check: RuleCheck) => RuleCheck) => {
    if (check !== undefined) checks.push(place(check));
  };
  const inner = (part: Schema, step: string) => compileNode(part, `${path}${step}.`, false, compilation);
  add(ownRules(schema, compileOwn(schema, path, isRoot, compilation)), (check) => check);
  for (const [index, part] of (schema.allOf ?? []).entries())
    add(
      inner({ ...schema, allOf: [], 'x-kubernetes-validations': [], ...part }, `allOf[${index}]`),
      (check) => check,
    );
  if (schema.items !== undefined) add(inner(schema.items, 'items'), (check) => inItems(schema, check));
  if (typeof schema.additionalProperties === 'object')
    add(inner(schema.additionalProperties, 'additionalProperties'), inValues);
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    add(inner(property, `properties[${name}]`), (check) => inField(name, check));
  if (checks.length === 0) return undefined;
  // A null is not an error here: the schema decides whether it may be there, and rules do not see it.
  return (place) => (place.value === null ? [] : checks.flatMap((check) => check(place)));
};

/**
 * Compiles the `x-kubernetes-validations` of a schema once. Rules that do not compile are told in `broken` and do not run:
 * a CRD that has them is to be refused.
 */
export const compileRules = (
  schema: Schema,
  environment: RuleEnvironment = createRuleEnvironment(),
): CompiledRules => {
  const broken: BrokenRule[] = [];
  const check = compileNode(schema, '', true, { environment, broken });
  const validate = (object: unknown, old?: unknown): FieldError[] => {
    const sameAsBefore = old === undefined ? never : once(() => sameJson(object, old));
    return check?.({ value: object, old, field: '', correlated: old !== undefined, sameAsBefore }) ?? [];
  };
  return { broken, validate };
};

/** Runs the rules of a schema on one object. For many objects compile the schema once instead. */
export const validateRules = (object: unknown, schema: Schema, old?: unknown): FieldError[] =>
  compileRules(schema).validate(object, old);
