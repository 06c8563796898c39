import type { LabelSelector } from '../model/volume-group-replication.ts';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

const name = String.raw`[\w./-]+`;

const valuesOf = (list: string): string[] => list.split(',').map((value) => value.trim());

const grammar: readonly { pattern: RegExp; read: (match: readonly string[]) => Requirement }[] = [
  {
    pattern: new RegExp(String.raw`^(${name})\s+(in|notin)\s+\(([^()]*)\)$`),
    read: ([, key = '', word, list = '']) => ({
      key,
      operator: word === 'in' ? 'In' : 'NotIn',
      values: valuesOf(list),
    }),
  },
  {
    pattern: new RegExp(String.raw`^(${name})\s*(==|=|!=)\s*([\w.-]*)$`),
    read: ([, key = '', operator, value = '']) => ({
      key,
      operator: operator === '!=' ? 'NotIn' : 'In',
      values: [value],
    }),
  },
  {
    pattern: new RegExp(String.raw`^(!?)\s*(${name})$`),
    read: ([, not, key = '']) => ({ key, operator: not === '!' ? 'DoesNotExist' : 'Exists' }),
  },
];

const readRequirement = (text: string): Requirement | undefined => {
  for (const { pattern, read } of grammar) {
    const match = pattern.exec(text);
    if (match !== null) return read(match);
  }
  return undefined;
};

/** `app=db,tier!=test`, `env in (a,b)`, `!legacy` as kubectl's `-l` takes them; undefined where it is no selector. */
export const parseLabelSelector = (text: string): LabelSelector | undefined => {
  // A comma within parentheses belongs to a list of values.
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const requirements = parts.map(readRequirement);
  return requirements.includes(undefined)
    ? undefined
    : { matchExpressions: requirements.filter((requirement) => requirement !== undefined) };
};
