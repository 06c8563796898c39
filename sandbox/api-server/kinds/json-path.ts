import { isJsonObject } from '../schema/json-value.ts';

/** From the values that the path has reached to those one step on. */
type Step = (values: readonly unknown[]) => unknown[];

/** Reads the values that a path leads to in an object; none where it leads nowhere. */
export type PathReader = (object: unknown) => unknown[];

const children = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
};

const namedStep =
  (name: string): Step =>
  (values) =>
    values.flatMap((value) => (isJsonObject(value) && Object.hasOwn(value, name) ? [value[name]] : []));

const indexStep =
  (index: number): Step =>
  (values) =>
    values.flatMap((value) => {
      const item = Array.isArray(value) ? value.at(index) : undefined;
      return item === undefined ? [] : [item];
    });

const allStep: Step = (values) => values.flatMap(children);

const literal = (text: string): unknown => {
  if (/^(['"]).*\1$/s.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? undefined : number;
};

const operators: Readonly<Record<string, (left: unknown, right: unknown) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => Number(left) < Number(right),
  '<=': (left, right) => Number(left) <= Number(right),
  '>': (left, right) => Number(left) > Number(right),
  '>=': (left, right) => Number(left) >= Number(right),
};

/** `?(@.type=="Ready")`, or `?(@.type)`: the items that have the field. */
const filterStep = (condition: string): Step | undefined => {
  const [, path = '', operator, right = ''] =
    /^@((?:\.|\[)[^=!<>]*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.*))?$/s.exec(condition.trim()) ?? [];
  const read = path === '' ? undefined : compilePath(path);
  if (read === undefined) return undefined;
  const compare = operator === undefined ? undefined : operators[operator];
  const wanted = literal(right.trim());
  return (values) =>
    values.flatMap((value) =>
      children(value).filter((item) => {
        const found = read(item);
        return compare === undefined ? found.length > 0 : found.some((left) => compare(left, wanted));
      }),
    );
};

const bracketStep = (inside: string): Step | undefined => {
  if (inside === '*') return allStep;
  if (/^-?\d+$/.test(inside)) return indexStep(Number(inside));
  const quoted = /^(['"])(.*)\1$/s.exec(inside);
  if (quoted !== null) return namedStep(quoted[2] ?? '');
  const filter = /^\?\((.*)\)$/s.exec(inside);
  return filter === null ? undefined : filterStep(filter[1] ?? '');
};

const token = /\.((?:\\.|[^.[\]\\])+)|\[((?:\?\(.*?\))|'[^']*'|"[^"]*"|[^\]]*)\]/sy;

/** The path as steps; undefined where it is no simple path that starts with a dot. */
const stepsOf = (path: string): Step[] | undefined => {
  const steps: Step[] = [];
  token.lastIndex = 0;
  let at = 0;
  while (at < path.length) {
    token.lastIndex = at;
    const match = token.exec(path);
    if (match === null) return undefined;
    const [whole, name, inside = ''] = match;
    const step =
      name === undefined
        ? bracketStep(inside)
        : name === '*'
          ? allStep
          : namedStep(name.replaceAll(/\\(.)/g, '$1'));
    if (step === undefined) return undefined;
    steps.push(step);
    at += whole.length;
  }
  return steps;
};

/**
 * Compiles a simple JSON path as printer columns, `scale` and selectable fields have it: `.spec.a\.b`, `['x']`, `[0]`, `[*]` and
 * `[?(@.type=="Ready")]`. Undefined where it is none.
 */
export const compilePath = (path: string): PathReader | undefined => {
  const steps = path.startsWith('.') || path.startsWith('[') ? stepsOf(path) : undefined;
  return steps === undefined
    ? undefined
    : (object) => steps.reduce<unknown[]>((values, step) => step(values), [object]);
};
