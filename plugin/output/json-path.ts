import { usageError } from '../usage-error.ts';
import { type Filter, parsePath, type Step } from './json-path-grammar.ts';

// kubectl's JSONPath templates (client-go's util/jsonpath): text with {expressions}, {range}…{end}, {"quoted text"}.

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: readonly Node[] };

/** A template that was understood: prints what it finds in a document. */
export type JsonPathTemplate = (document: unknown) => string;

const invalid = (what: string, template: string): Error =>
  usageError(`invalid JSONPath template '${template}': ${what}`);

/** Splits a template into literal text and the insides of its braces; a brace inside of quotes is no end. */
const splitTemplate = (template: string): { text?: string; expression?: string }[] => {
  const parts = template.matchAll(/\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^{}"'])*)\}|[^{}]+|[{}]/g);
  return [...parts].map(([whole, expression]) => {
    if (expression !== undefined) return { expression: expression.trim() };
    if (whole === '{' || whole === '}') throw invalid(`unbalanced "${whole}"`, template);
    return { text: whole };
  });
};

const unquote = (quoted: string): string =>
  quoted
    .slice(1, -1)
    .replaceAll(/\\(.)/g, (_, escaped: string) => ({ n: '\n', t: '\t', r: '\r' })[escaped] ?? escaped);

const parseTemplate = (template: string): Node[] => {
  const bodies: Node[][] = [[]];
  const ranges: Step[][] = [];
  const add = (node: Node) => bodies.at(-1)?.push(node);
  for (const { text, expression = '' } of splitTemplate(template)) {
    if (text !== undefined) add({ kind: 'text', text });
    else if (/^(["']).*\1$/s.test(expression)) add({ kind: 'text', text: unquote(expression) });
    else if (expression.startsWith('range ')) {
      ranges.push(parsePath(expression.slice('range '.length).trim(), template));
      bodies.push([]);
    } else if (expression === 'end') {
      const steps = ranges.pop();
      const body = bodies.pop();
      if (steps === undefined || body === undefined) throw invalid('{end} without {range}', template);
      add({ kind: 'range', steps, body });
    } else add({ kind: 'path', steps: parsePath(expression, template) });
  }
  if (ranges.length > 0) throw invalid('{range} without {end}', template);
  return bodies[0] ?? [];
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const childrenOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];

const descendantsOf = (value: unknown): unknown[] => [value, ...childrenOf(value).flatMap(descendantsOf)];

const fromEnd = (index: number, length: number): number => (index < 0 ? length + index : index);

const sliceOf = (value: readonly unknown[], { start = 0, end, step = 1 }: Extract<Step, { kind: 'slice' }>) =>
  value
    .slice(fromEnd(start, value.length), end === undefined ? undefined : fromEnd(end, value.length))
    .filter((_, index) => index % step === 0);

const compare: Record<string, (a: unknown, b: unknown) => boolean> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => Number(a) < Number(b),
  '<=': (a, b) => Number(a) <= Number(b),
  '>': (a, b) => Number(a) > Number(b),
  '>=': (a, b) => Number(a) >= Number(b),
};

type Scope = { readonly root: unknown; readonly current: unknown };

const operandOf = (operand: Filter['left'], item: unknown, root: unknown): unknown =>
  operand.kind === 'literal' ? operand.value : findAll(operand.steps, { root, current: item })[0];

const passes = ({ left, operator, right }: Filter, item: unknown, root: unknown): boolean => {
  const a = operandOf(left, item, root);
  if (operator === undefined || right === undefined) return a !== undefined;
  if (a === undefined) return false;
  return compare[operator]?.(a, operandOf(right, item, root)) ?? false;
};

const applyStep = (step: Step, value: unknown, root: unknown): unknown[] => {
  switch (step.kind) {
    case 'field':
      return step.names.flatMap((name) =>
        isRecord(value) && Object.hasOwn(value, name) ? [value[name]] : [],
      );
    case 'index':
      return Array.isArray(value)
        ? step.indexes.flatMap((index) => value.slice(fromEnd(index, value.length)).slice(0, 1))
        : [];
    case 'slice':
      return Array.isArray(value) ? sliceOf(value, step) : [];
    case 'wildcard':
      return childrenOf(value);
    case 'descend':
      return descendantsOf(value);
    case 'filter':
      return childrenOf(value).filter((item) => passes(step.filter, item, root));
    case 'root':
      return [root];
    case 'current':
      return [value];
  }
};

const findAll = (steps: readonly Step[], { root, current }: Scope): unknown[] =>
  steps.reduce<unknown[]>(
    (values, step) => values.flatMap((value) => applyStep(step, value, root)),
    [current],
  );

const textOf = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

const print = (nodes: readonly Node[], scope: Scope): string =>
  nodes
    .map((node) => {
      if (node.kind === 'text') return node.text;
      const found = findAll(node.steps, scope);
      return node.kind === 'path'
        ? found.map(textOf).join(' ')
        : found.map((current) => print(node.body, { root: scope.root, current })).join('');
    })
    .join('');

/** Understands a template as kubectl does. What a document does not have prints nothing, null prints `null`. Throws a usage error. */
export const parseJsonPath = (template: string): JsonPathTemplate => {
  const nodes = parseTemplate(template);
  return (document) => print(nodes, { root: document, current: document });
};
