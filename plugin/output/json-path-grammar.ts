import { usageError } from '../usage-error.ts';

/** One step of a path, applied to every value found so far. */
export type Step =
  | { readonly kind: 'field'; readonly names: readonly string[] }
  | { readonly kind: 'index'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly start?: number; readonly end?: number; readonly step?: number }
  | { readonly kind: 'wildcard' | 'descend' | 'root' | 'current' }
  | { readonly kind: 'filter'; readonly filter: Filter };

export type Operand =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'path'; readonly steps: readonly Step[] };

/** `@.role == "primary"`, or a path alone: it exists. */
export type Filter = { readonly left: Operand; readonly operator?: string; readonly right?: Operand };

type Rule = { readonly pattern: RegExp; readonly step: (match: RegExpExecArray, template: string) => Step };

const quoted = `'(?:[^'\\\\]|\\\\.)*'|"(?:[^"\\\\]|\\\\.)*"`;

const unquote = (text: string): string => text.slice(1, -1).replaceAll(/\\(.)/g, '$1');

const list = (text: string): string[] => text.split(',').map((item) => item.trim());

const optional = <K extends string>(name: K, text: string | undefined) =>
  text ? ({ [name]: Number(text) } as Record<K, number>) : {};

/** In order; each is tried where the one before ended. */
const rules: readonly Rule[] = [
  { pattern: /^\$/, step: () => ({ kind: 'root' }) },
  { pattern: /^@/, step: () => ({ kind: 'current' }) },
  { pattern: /^\.\.(?=[\w*[])/, step: () => ({ kind: 'descend' }) },
  { pattern: /^\.?\*|^\.?\[\s*\*\s*\]/, step: () => ({ kind: 'wildcard' }) },
  {
    pattern: /^\.?\[\s*\?\((.*?)\)\s*\]/,
    step: ([, inside = ''], template) => ({ kind: 'filter', filter: parseFilter(inside, template) }),
  },
  {
    pattern: new RegExp(`^\\.?\\[\\s*((?:${quoted})(?:\\s*,\\s*(?:${quoted}))*)\\s*\\]`),
    step: ([, names = '']) => ({
      kind: 'field',
      names: [...names.matchAll(new RegExp(quoted, 'g'))].map(([name]) => unquote(name)),
    }),
  },
  {
    pattern: /^\.?\[\s*(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(\d+)\s*)?\]/,
    step: ([, start, end, step]) => ({
      kind: 'slice',
      ...optional('start', start),
      ...optional('end', end),
      ...optional('step', step),
    }),
  },
  {
    pattern: /^\.?\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]/,
    step: ([, indexes = '']) => ({ kind: 'index', indexes: list(indexes).map(Number) }),
  },
  {
    pattern: /^\.?((?:[\w/-]|\\.)+)/,
    step: ([, name = '']) => ({ kind: 'field', names: [name.replaceAll(/\\(.)/g, '$1')] }),
  },
  { pattern: /^\.(?=$)/, step: () => ({ kind: 'current' }) },
];

const invalid = (what: string, template: string): Error =>
  usageError(`invalid JSONPath template '${template}': ${what}`);

const parseOperand = (text: string, template: string): Operand => {
  if (new RegExp(`^(${quoted})$`).test(text)) return { kind: 'literal', value: unquote(text) };
  if (/^-?\d+(\.\d+)?$/.test(text)) return { kind: 'literal', value: Number(text) };
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
  return { kind: 'path', steps: parsePath(text, template) };
};

const parseFilter = (text: string, template: string): Filter => {
  const [, left = text, operator, right = ''] = /^(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/.exec(text.trim()) ?? [];
  const leftOperand = parseOperand(left.trim(), template);
  return operator === undefined
    ? { left: leftOperand }
    : { left: leftOperand, operator, right: parseOperand(right.trim(), template) };
};

/** Understands the inside of one pair of braces. Throws a usage error that shows where it stopped. */
export const parsePath = (path: string, template: string): Step[] => {
  const steps: Step[] = [];
  let rest = path;
  if (rest === '') throw invalid('empty expression', template);
  while (rest !== '') {
    const found = rules
      .map(({ pattern, step }) => ({ match: pattern.exec(rest), step }))
      .find(({ match }) => match !== null);
    if (!found?.match) throw invalid(`unexpected "${rest}"`, template);
    steps.push(found.step(found.match, template));
    rest = rest.slice(found.match[0].length);
  }
  return steps;
};
