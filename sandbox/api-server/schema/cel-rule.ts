import { Environment, Optional, type ParseResult } from '@marcbachmann/cel-js';
import { registerKubernetesLibrary } from './cel-library.ts';
import { typedEnvironment } from './cel-types.ts';
import type { Schema, ValidationRule } from './schema.ts';

/** A rule ready to run, or why it cannot be. */
export type CompiledRule = {
  rule: ValidationRule;
  usesOldSelf: boolean;
  /** Where a finding belongs, below the value that the rule stands on; empty for that value itself. */
  fieldPath: string;
  run: (values: RuleValues) => unknown;
  message: ((values: RuleValues) => unknown) | undefined;
};

/** `oldSelf` is undefined where the value is new. */
export type RuleValues = { self: unknown; oldSelf: unknown };

export type RuleProblem = { problem: string; of: 'rule' | 'messageExpression' | 'fieldPath' };

/** What rules are compiled in: the language with the Kubernetes functions, and dynamic `self` and `oldSelf`. */
export type RuleEnvironment = { base: Environment; dynamic: Environment };

export const createRuleEnvironment = (): RuleEnvironment => {
  const base = registerKubernetesLibrary(
    new Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: true }),
  );
  return { base, dynamic: base.clone().registerVariable('self', 'dyn').registerVariable('oldSelf', 'dyn') };
};

const mentions = (node: unknown, name: string): boolean => {
  if (Array.isArray(node)) return node.some((part) => mentions(part, name));
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return false;
  return node.op === 'id' ? node.args === name : mentions(node.args, name);
};

const reasonOf = (error: unknown): string => {
  if (typeof error === 'object' && error !== null && 'summary' in error) return String(error.summary);
  return error instanceof Error ? error.message : String(error);
};

/** How cel-go words the two failures that a rule can have at run time and that people look for. */
const worded = (reason: string): string => reason.replace(/^No such key/, 'no such key');

const contextOf = ({ self, oldSelf }: RuleValues, optional: boolean) =>
  optional ? { self, oldSelf: Optional.of(oldSelf) } : { self, oldSelf };

const runner =
  (program: ParseResult, optional: boolean) =>
  (values: RuleValues): unknown => {
    try {
      return program(contextOf(values, optional));
    } catch (thrown) {
      throw new Error(worded(reasonOf(thrown)), { cause: thrown });
    }
  };

/** Operators on scalars of types that do not go together; `null` is one of them. */
const scalarMismatch =
  /^no such overload: (string|int|bool|double|null) (\S+) (string|int|bool|double|null)$/;

/**
 * A typed check refuses only what no value could save: fields that are not there, operators on scalars that have no such
 * operator, and a result of the wrong type.
 */
const typeProblem = (environment: Environment, expression: string, wanted: string): string | undefined => {
  const { valid, type = 'dyn', error } = environment.check(expression);
  if (valid)
    return type === wanted || type === 'dyn'
      ? undefined
      : wanted === 'bool'
        ? 'cel expression must evaluate to a bool'
        : 'messageExpression must evaluate to a string';
  const reason = reasonOf(error);
  const field = /^No such key: (.*)$/.exec(reason)?.[1];
  if (field !== undefined) return `undefined field '${field}'`;
  const [, left, operator, right] = scalarMismatch.exec(reason) ?? [];
  return operator === undefined
    ? undefined
    : `found no matching overload for '_${operator}_' applied to '(${left}, ${right})'`;
};

const parse = (environment: Environment, expression: string): ParseResult | string => {
  try {
    const program = environment.parse(expression);
    const { valid, error } = program.check();
    return valid ? program : reasonOf(error);
  } catch (thrown) {
    return reasonOf(thrown);
  }
};

type Compilation = { schema: Schema; environment: RuleEnvironment; isRoot: boolean };

const compileExpression = (
  expression: string,
  wanted: 'bool' | 'string',
  { schema, environment, isRoot }: Compilation,
  optionalOldSelf: boolean,
): ParseResult | string => {
  const program = parse(environment.dynamic, expression);
  if (typeof program === 'string') return `compilation failed: ${program}`;
  const typed = typedEnvironment(environment.base, schema, { isRoot, optionalOldSelf });
  return typeProblem(typed, expression, wanted) ?? program;
};

const steps = /\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\]/gy;

/** A rule's `fieldPath` as findings show it, or what is wrong with it. */
const normalizeFieldPath = (path: string, schema: Schema): { path: string } | RuleProblem => {
  let at: Schema | undefined = schema;
  let normalized = '';
  const matched = [...path.matchAll(steps)];
  if (matched.map(([step]) => step).join('') !== path)
    return { problem: 'does not refer to a valid field', of: 'fieldPath' };
  for (const [, plain, quoted] of matched) {
    const name: string = plain ?? quoted?.replaceAll(/\\(.)/g, '$1') ?? '';
    const others: Schema | boolean | undefined = at?.additionalProperties;
    const known: Schema | undefined = at?.properties?.[name];
    if (known === undefined && typeof others !== 'object')
      return { problem: 'does not refer to a valid field', of: 'fieldPath' };
    normalized += known === undefined ? `[${name}]` : `${normalized === '' ? '' : '.'}${name}`;
    at = known ?? (others as Schema);
  }
  return { path: normalized };
};

/** Compiles one rule of a schema. */
export const compileRule = (rule: ValidationRule, compilation: Compilation): CompiledRule | RuleProblem => {
  const optional = rule.optionalOldSelf === true;
  const program = compileExpression(rule.rule, 'bool', compilation, optional);
  if (typeof program === 'string') return { problem: program, of: 'rule' };
  const message =
    rule.messageExpression === undefined || rule.messageExpression === ''
      ? undefined
      : compileExpression(rule.messageExpression, 'string', compilation, optional);
  if (typeof message === 'string')
    return { problem: `messageExpression ${message}`, of: 'messageExpression' };
  const fieldPath = normalizeFieldPath(rule.fieldPath ?? '', compilation.schema);
  if ('problem' in fieldPath) return fieldPath;
  return {
    rule,
    usesOldSelf: mentions(program.ast, 'oldSelf'),
    fieldPath: fieldPath.path,
    run: runner(program, optional),
    message: message === undefined ? undefined : runner(message, optional),
  };
};
