import { failures } from '../http/failure.ts';
import { labelKeyProblem, labelValueProblem } from './label-syntax.ts';

type SetOperator = 'in' | 'notin';

/** One condition of a label selector. */
export type LabelRequirement =
  | { key: string; operator: 'exists' | '!' }
  | { key: string; operator: SetOperator; values: readonly string[] }
  | { key: string; operator: 'gt' | 'lt'; value: number };

type Token = { kind: 'symbol' | 'word' | 'end'; text: string };

const tokensOf = (selector: string): Token[] => {
  const tokens: Token[] = [];
  for (const [, symbol, word] of selector.matchAll(/(==|!=|[=!(),<>])|([^\s=!(),<>]+)/g))
    tokens.push(symbol === undefined ? { kind: 'word', text: word ?? '' } : { kind: 'symbol', text: symbol });
  return [...tokens, { kind: 'end', text: '' }];
};

const unparsable = (why: string) => failures.badRequest(`unable to parse requirement: ${why}`);
const unexpected = ({ text }: Token, expected: string) =>
  unparsable(`found '${text}', expected: ${expected}`);
/** Between requirements the message has no introduction. */
const misplaced = ({ text }: Token, expected: string) =>
  failures.badRequest(`found '${text}', expected: ${expected}`);

/** Reads tokens one by one; the end repeats itself. */
type Reader = { peek: () => Token; next: () => Token };

const readerOf = (tokens: readonly Token[]): Reader => {
  const end: Token = { kind: 'end', text: '' };
  let position = 0;
  return {
    peek: () => tokens[position] ?? end,
    next: () => tokens[position++] ?? end,
  };
};

const is = (token: Token, text: string): boolean => token.kind !== 'end' && token.text === text;

const readKey = (reader: Reader): string => {
  const token = reader.next();
  if (token.kind !== 'word') throw unexpected(token, 'identifier');
  const problem = labelKeyProblem(token.text);
  if (problem !== undefined)
    throw unparsable(`<nil>: Invalid value: ${JSON.stringify(token.text)}: ${problem}`);
  return token.text;
};

const checkedValue = (key: string, value: string): string => {
  const problem = labelValueProblem(value);
  if (problem === undefined) return value;
  throw unparsable(`values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}`);
};

const readExact = (reader: Reader, key: string): string => {
  const token = reader.peek();
  if (token.kind === 'end' || is(token, ',')) return '';
  reader.next();
  if (token.kind !== 'word') throw unexpected(token, 'identifier');
  return checkedValue(key, token.text);
};

const readSet = (reader: Reader, key: string): string[] => {
  const open = reader.next();
  if (!is(open, '(')) throw unparsable(`found '${open.text}' expected: '('`);
  const values: string[] = [];
  for (;;) {
    const token = reader.next();
    if (is(token, ')')) return values.length === 0 ? [''] : values;
    if (token.kind === 'word') values.push(checkedValue(key, token.text));
    else if (!is(token, ',')) throw unexpected(token, "',', or identifier");
  }
};

const readNumber = (reader: Reader, key: string): number => {
  const text = readExact(reader, key);
  if (!/^-?\d+$/.test(text))
    throw unparsable(
      `values[0]: Invalid value: ${JSON.stringify(text)}: for 'Gt', 'Lt' operators, the value must be an integer`,
    );
  return Number(text);
};

const readOperator = (reader: Reader, key: string): LabelRequirement => {
  const operator = reader.next();
  if (is(operator, '=') || is(operator, '=='))
    return { key, operator: 'in', values: [readExact(reader, key)] };
  if (is(operator, '!=')) return { key, operator: 'notin', values: [readExact(reader, key)] };
  if (is(operator, 'in') || is(operator, 'notin'))
    return { key, operator: operator.text as SetOperator, values: readSet(reader, key) };
  if (is(operator, '>')) return { key, operator: 'gt', value: readNumber(reader, key) };
  if (is(operator, '<')) return { key, operator: 'lt', value: readNumber(reader, key) };
  throw unexpected(operator, 'in, notin, =, ==, !=, gt, lt');
};

const readRequirement = (reader: Reader): LabelRequirement => {
  if (is(reader.peek(), '!')) {
    reader.next();
    return { key: readKey(reader), operator: '!' };
  }
  const key = readKey(reader);
  const following = reader.peek();
  return following.kind === 'end' || is(following, ',')
    ? { key, operator: 'exists' }
    : readOperator(reader, key);
};

const isStart = (token: Token): boolean => token.kind === 'word' || is(token, '!');

/** Parses `a=b,c in (d,e),!f` as `k8s.io/apimachinery/pkg/labels` does; refuses (400) with its texts. */
export const parseLabelSelector = (selector: string): LabelRequirement[] => {
  const reader = readerOf(tokensOf(selector));
  const requirements: LabelRequirement[] = [];
  while (reader.peek().kind !== 'end') {
    if (!isStart(reader.peek())) throw misplaced(reader.peek(), "!, identifier, or 'end of string'");
    requirements.push(readRequirement(reader));
    const separator = reader.next();
    if (separator.kind === 'end') break;
    if (!is(separator, ',')) throw misplaced(separator, "',' or 'end of string'");
    if (!isStart(reader.peek())) throw misplaced(reader.peek(), "identifier after ','");
  }
  return requirements;
};

type Labels = Readonly<Record<string, string>>;

const holds = (requirement: LabelRequirement, labels: Labels): boolean => {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'in':
      return value !== undefined && requirement.values.includes(value);
    case 'notin':
      return value === undefined || !requirement.values.includes(value);
    case 'gt':
      return value !== undefined && /^-?\d+$/.test(value) && Number(value) > requirement.value;
    case 'lt':
      return value !== undefined && /^-?\d+$/.test(value) && Number(value) < requirement.value;
  }
};

/** Whether labels fulfil all requirements. */
export const matchesLabels = (requirements: readonly LabelRequirement[], labels: Labels = {}): boolean =>
  requirements.every((requirement) => holds(requirement, labels));
