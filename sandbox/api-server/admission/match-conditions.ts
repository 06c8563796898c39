import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { registerKubernetesLibrary } from '../schema/cel-library.ts';
import { toCel } from '../schema/cel-values.ts';
import type { AdmissionRequest } from './admission-review.ts';
import { failsOpen, type Webhook } from './webhook.ts';

/** Whether the conditions of a webhook let a request pass to it; `problem` refuses the request. */
export type ConditionVerdict = { matches: boolean } | { problem: string };

/** Decides the conditions of one webhook. */
export type ConditionCheck = (request: AdmissionRequest) => ConditionVerdict;

/** The language of match conditions: `object`, `oldObject` and `request`. There is no `authorizer`. */
export const createConditionEnvironment = (): Environment =>
  registerKubernetesLibrary(new Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: true }))
    .registerVariable('object', 'dyn')
    .registerVariable('oldObject', 'dyn')
    .registerVariable('request', 'dyn');

const reasonOf = (thrown: unknown): string => {
  const text =
    typeof thrown === 'object' && thrown !== null && 'summary' in thrown
      ? String(thrown.summary)
      : thrown instanceof Error
        ? thrown.message
        : String(thrown);
  return text.replace(/^No such key/, 'no such key');
};

type Condition = { expression: string; program: ParseResult | { problem: string } };

const compile = (environment: Environment, expression: string): Condition => {
  try {
    const program = environment.parse(expression);
    const { valid, error } = program.check();
    return { expression, program: valid ? program : { problem: `compilation error: ${reasonOf(error)}` } };
  } catch (thrown) {
    return { expression, program: { problem: `compilation error: ${reasonOf(thrown)}` } };
  }
};

type Answer = boolean | { problem: string };

const decide = ({ expression, program }: Condition, values: Record<string, unknown>): Answer => {
  if (typeof program !== 'function') return program;
  try {
    return program(values) === true;
  } catch (thrown) {
    return { problem: `expression '${expression}' resulted in error: ${reasonOf(thrown)}` };
  }
};

const valuesOf = (request: AdmissionRequest): Record<string, unknown> => {
  const { object, oldObject, ...others } = request;
  return {
    object: toCel(object, undefined),
    oldObject: toCel(oldObject, undefined),
    request: toCel(others, undefined),
  };
};

const joined = (problems: readonly string[]): string =>
  problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`;

/**
 * Compiles the conditions of a webhook. One that is false skips it, whatever the others do; one that fails skips it under
 * `failurePolicy: Ignore` and refuses the request otherwise.
 */
export const compileConditions = (webhook: Webhook, environment: () => Environment): ConditionCheck => {
  const { matchConditions = [] } = webhook;
  if (matchConditions.length === 0) return () => ({ matches: true });
  const conditions = matchConditions.map(({ expression }) => compile(environment(), expression));
  return (request) => {
    const values = valuesOf(request);
    const answers = conditions.map((condition) => decide(condition, values));
    if (answers.includes(false)) return { matches: false };
    const problems = answers.flatMap((answer) => (typeof answer === 'object' ? [answer.problem] : []));
    if (problems.length === 0) return { matches: true };
    return failsOpen(webhook) ? { matches: false } : { problem: joined(problems) };
  };
};
