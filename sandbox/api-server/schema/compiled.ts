import type { FieldError } from '../field-error.ts';
import { type BrokenRule, type CompiledRules, compileRules } from './cel.ts';
import { createRuleEnvironment, type RuleEnvironment } from './cel-rule.ts';
import { compileDefaults } from './default.ts';
import { compileEmbedded } from './embedded.ts';
import { findings } from './finding.ts';
import type { JsonObject } from './json-value.ts';
import { compileListTypes } from './list-type.ts';
import { type Pruned, pruneUnknown } from './prune.ts';
import type { Schema } from './schema.ts';
import { compileValidator } from './validate.ts';

/**
 * A schema made ready for many objects. The validations take findings made before (metadata) because those decide, too,
 * whether CEL rules run; they answer all findings in kube-apiserver's order.
 */
export type CompiledSchema = {
  prune: <T extends JsonObject>(object: T) => Pruned<T>;
  applyDefaults: <T>(object: T) => T;
  validateCreate: (object: JsonObject, earlier?: readonly FieldError[]) => FieldError[];
  validateUpdate: (object: JsonObject, old: JsonObject, earlier?: readonly FieldError[]) => FieldError[];
  validateStatusUpdate: (
    object: JsonObject,
    old: JsonObject,
    earlier?: readonly FieldError[],
  ) => FieldError[];
  brokenRules: () => readonly BrokenRule[];
};

/** Findings after which CEL rules could fail for the wrong reason, so they are not run. */
const blocking = new Set<FieldError['reason']>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const rulesNotChecked = findings.invalid(
  '',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

const lazy = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

const hasRules = (schema: Schema): boolean =>
  schema['x-kubernetes-validations']?.length !== undefined ||
  (schema.items !== undefined && hasRules(schema.items)) ||
  (typeof schema.additionalProperties === 'object' && hasRules(schema.additionalProperties)) ||
  Object.values(schema.properties ?? {}).some(hasRules);

const compileParts = (schema: Schema, environment: () => RuleEnvironment) => {
  const listTypes = compileListTypes(schema);
  const embedded = compileEmbedded({ ...schema, 'x-kubernetes-embedded-resource': false });
  const statusSchema = schema.properties?.['status'];
  return {
    validator: compileValidator(schema),
    statusValidator: compileValidator(statusSchema ?? {}),
    checkLists: (object: JsonObject) => listTypes?.(object, '') ?? [],
    checkEmbedded: (object: JsonObject) => embedded?.(object, '') ?? [],
    rules: hasRules(schema) ? compileRules(schema, environment()) : undefined,
  };
};

/** Rules come last, and only for an object whose shape they may rely on. */
const withRules = (
  found: FieldError[],
  rules: CompiledRules | undefined,
  object: JsonObject,
  old?: JsonObject,
): FieldError[] => {
  if (rules === undefined) return found;
  if (found.some(({ reason }) => blocking.has(reason))) return [...found, rulesNotChecked];
  const broken = rules.validate(object, old);
  return broken.length === 0 ? found : [...found, ...broken];
};

/** Compiles what a schema asks for, each part at its first use. */
export const compileSchema = (
  schema: Schema,
  environment: () => RuleEnvironment = createRuleEnvironment,
): CompiledSchema => {
  const parts = lazy(() => compileParts(schema, environment));
  const defaults = lazy(() => compileDefaults(schema));
  const newListFindings = (object: JsonObject, old: JsonObject): FieldError[] => {
    const found = parts().checkLists(object);
    return found.length > 0 && parts().checkLists(old).length === 0 ? found : [];
  };
  return {
    prune: (object) => pruneUnknown(object, schema),
    applyDefaults: (object) => defaults()(object),
    validateCreate: (object, earlier = []) => {
      const { validator, checkEmbedded, checkLists, rules } = parts();
      const found = [...earlier, ...validator(object), ...checkEmbedded(object), ...checkLists(object)];
      return withRules(found, rules, object);
    },
    validateUpdate: (object, old, earlier = []) => {
      const { validator, checkEmbedded, rules } = parts();
      const found = [
        ...earlier,
        ...validator(object, { old }),
        ...checkEmbedded(object),
        ...newListFindings(object, old),
      ];
      return withRules(found, rules, object, old);
    },
    validateStatusUpdate: (object, old, earlier = []) => {
      const { statusValidator, rules } = parts();
      const { status } = object;
      const ofStatus =
        status === undefined ? [] : statusValidator(status, { old: old['status'], base: 'status' });
      return withRules([...earlier, ...ofStatus, ...newListFindings(object, old)], rules, object, old);
    },
    brokenRules: () => parts().rules?.broken ?? [],
  };
};

/** Keeps one compiled schema per schema object, for as long as the schema lives. */
export const createSchemaCompiler = (): ((schema: Schema) => CompiledSchema) => {
  const compiled = new WeakMap<Schema, CompiledSchema>();
  const environment = lazy(createRuleEnvironment);
  return (schema) => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const made = compileSchema(schema, environment);
    compiled.set(schema, made);
    return made;
  };
};
