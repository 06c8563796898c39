import { goQuote } from './finding.ts';
import type { Schema } from './schema.ts';
import type { CompileNode, Node, Place } from './validation-node.ts';
import { newOutcome, type Outcome } from './violation.ts';

const attempt = (node: Node, value: unknown, place: Place): Outcome => {
  const outcome = newOutcome();
  node(value, place, outcome);
  return outcome;
};

const merge = (outcome: Outcome, other: Outcome | undefined): void => {
  if (other === undefined) return;
  outcome.violations.push(...other.violations);
  outcome.matches += other.matches;
};

const isValid = (outcome: Outcome): boolean => outcome.violations.length === 0;

/** Of alternatives that all failed, the one that matched most is worth telling. */
const bestOf = (failed: readonly Outcome[]): Outcome | undefined =>
  failed.reduce<Outcome | undefined>(
    (best, next) => (best === undefined || next.matches > best.matches ? next : best),
    undefined,
  );

const compileAnyOf = (schemas: readonly Schema[], compile: CompileNode): Node => {
  const nodes = schemas.map(compile);
  return (value, place, outcome) => {
    const tried = nodes.map((node) => attempt(node, value, place));
    const passed = tried.find(isValid);
    if (passed === undefined)
      outcome.violations.push({
        code: 'composite',
        detail: `${goQuote(place.path)} must validate at least one schema (anyOf)`,
      });
    merge(outcome, passed ?? bestOf(tried));
  };
};

const compileOneOf = (schemas: readonly Schema[], compile: CompileNode): Node => {
  const nodes = schemas.map(compile);
  return (value, place, outcome) => {
    const tried = nodes.map((node) => attempt(node, value, place));
    const passed = tried.filter(isValid);
    if (passed.length === 1) return merge(outcome, passed[0]);
    const found = passed.length === 0 ? 'Found none valid' : `Found ${passed.length} valid alternatives`;
    outcome.violations.push({
      code: 'composite',
      detail: `${goQuote(place.path)} must validate one and only one schema (oneOf). ${found}`,
    });
    if (passed.length === 0) merge(outcome, bestOf(tried));
  };
};

const compileAllOf = (schemas: readonly Schema[], compile: CompileNode): Node => {
  const nodes = schemas.map(compile);
  return (value, place, outcome) => {
    const tried = nodes.map((node) => attempt(node, value, place));
    for (const each of tried) merge(outcome, each);
    const passed = tried.filter(isValid).length;
    if (passed === nodes.length) return;
    const detail = `${goQuote(place.path)} must validate all the schemas (allOf)${passed === 0 ? '. None validated' : ''}`;
    outcome.violations.push({ code: 'composite', detail });
  };
};

const compileNot = (schema: Schema, compile: CompileNode): Node => {
  const node = compile(schema);
  return (value, place, outcome) => {
    if (isValid(attempt(node, value, place)))
      outcome.violations.push({
        code: 'composite',
        detail: `${goQuote(place.path)} must not validate the schema (not)`,
      });
  };
};

/** The nodes of `anyOf`, `oneOf`, `allOf` and `not`, in the order in which kube-openapi tries them. */
export const compileCombinators = (schema: Schema, compile: CompileNode): Node[] => [
  ...(schema.anyOf?.length ? [compileAnyOf(schema.anyOf, compile)] : []),
  ...(schema.oneOf?.length ? [compileOneOf(schema.oneOf, compile)] : []),
  ...(schema.allOf?.length ? [compileAllOf(schema.allOf, compile)] : []),
  ...(schema.not === undefined ? [] : [compileNot(schema.not, compile)]),
];
