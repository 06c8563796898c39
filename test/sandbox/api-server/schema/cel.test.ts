import { describe, expect, it } from 'vitest';
import { compileRules, validateRules } from '../../../../sandbox/api-server/schema/cel.ts';
import type { Schema, ValidationRule } from '../../../../sandbox/api-server/schema/schema.ts';

const spec: Schema = {
  type: 'object',
  properties: {
    replicas: { type: 'integer' },
    limit: { type: 'number' },
    name: { type: 'string' },
    namespace: { type: 'string' },
    'storage.class': { type: 'string' },
    since: { type: 'string', format: 'date-time' },
    timeout: { type: 'string', format: 'duration' },
    port: { 'x-kubernetes-int-or-string': true },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    modes: { type: 'array', items: { type: 'string' } },
    items: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['key'],
      items: { type: 'object', properties: { key: { type: 'string' }, value: { type: 'integer' } } },
    },
  },
};

const withRule = (rule: ValidationRule): Schema => ({
  type: 'object',
  properties: { spec: { ...spec, 'x-kubernetes-validations': [rule] } },
});

const texts = (schema: Schema, object: unknown, old?: unknown): string[] =>
  validateRules(object, schema, old).map(({ field, message }) => `${field}: ${message}`);

type Case = { rule: string; value: object; old?: object; holds: boolean };

const cases: Case[] = [
  { rule: 'self.replicas <= 5', value: { replicas: 5 }, holds: true },
  { rule: 'self.replicas <= 5', value: { replicas: 6 }, holds: false },
  { rule: 'self.limit < 2', value: { limit: 1.5 }, holds: true },
  { rule: 'self.limit > self.replicas', value: { limit: 1, replicas: 2 }, holds: false },
  { rule: 'has(self.name) == has(self.replicas)', value: { name: 'x' }, holds: false },
  { rule: "self.__namespace__ == 'x'", value: { namespace: 'x' }, holds: true },
  { rule: "self.storage__dot__class == 'x'", value: { 'storage.class': 'x' }, holds: true },
  {
    rule: "self.since < timestamp('2025-01-01T00:00:00Z')",
    value: { since: '2024-01-01T00:00:00Z' },
    holds: true,
  },
  { rule: "self.timeout <= duration('1h')", value: { timeout: '90m' }, holds: false },
  {
    rule: 'type(self.port) == int ? self.port < 10 : self.port.endsWith("%")',
    value: { port: '5%' },
    holds: true,
  },
  {
    rule: 'type(self.port) == int ? self.port < 10 : self.port.endsWith("%")',
    value: { port: 50 },
    holds: false,
  },
  { rule: "self.labels.all(k, k.startsWith('a'))", value: { labels: { a: '1', b: '2' } }, holds: false },
  {
    rule: "self.modes.exists(m, m == 'x') && self.modes.size() == 2",
    value: { modes: ['x', 'y'] },
    holds: true,
  },
  { rule: 'self.modes.isSorted()', value: { modes: ['b', 'a'] }, holds: false },
  { rule: "sets.contains(['x', 'y'], self.modes)", value: { modes: ['y'] }, holds: true },
  { rule: "self.name.matches('^[a-z]+$')", value: { name: 'ab1' }, holds: false },
  { rule: "quantity(self.name).isLessThan(quantity('2Gi'))", value: { name: '1500Mi' }, holds: true },
  { rule: 'isURL(self.name)', value: { name: 'https://a/b' }, holds: true },
  { rule: "self.?name.orValue('d') == 'd'", value: {}, holds: true },
  { rule: 'self.replicas >= oldSelf.replicas', value: { replicas: 1 }, old: { replicas: 2 }, holds: false },
  { rule: 'self.replicas >= oldSelf.replicas', value: { replicas: 1 }, holds: true },
  { rule: 'self == oldSelf', value: { replicas: 1 }, old: { replicas: 1 }, holds: true },
];

describe('CEL rules', () => {
  it.each(cases)('$rule with $value after $old: $holds', ({ rule, value, old, holds }) => {
    const found = texts(
      withRule({ rule, message: 'm' }),
      { spec: value },
      old === undefined ? undefined : { spec: old },
    );
    expect(found).toEqual(holds ? [] : ['spec: Invalid value: m']);
  });

  it('run on a new value with optionalOldSelf, which is then none', () => {
    const rule = {
      rule: 'oldSelf.hasValue() || self.replicas == 1',
      optionalOldSelf: true,
      message: 'starts with 1',
    };
    expect(texts(withRule(rule), { spec: { replicas: 2 } })).toEqual(['spec: Invalid value: starts with 1']);
    expect(texts(withRule(rule), { spec: { replicas: 2 } }, { spec: { replicas: 1 } })).toEqual([]);
  });

  const messages: { title: string; rule: ValidationRule; expected: string }[] = [
    {
      title: 'the rule itself without a message',
      rule: { rule: 'self.replicas == 1' },
      expected: 'spec: Invalid value: failed rule: self.replicas == 1',
    },
    {
      title: 'a message expression',
      rule: { rule: 'self.replicas == 1', messageExpression: "'not ' + string(self.replicas)" },
      expected: 'spec: Invalid value: not 2',
    },
    {
      title: 'the message where the expression fails',
      rule: { rule: 'self.replicas == 1', message: 'm', messageExpression: 'self.name' },
      expected: 'spec: Invalid value: m',
    },
    {
      title: 'a reason of its own',
      rule: { rule: 'self.replicas == 1', message: 'm', reason: 'FieldValueForbidden' },
      expected: 'spec: Forbidden: m',
    },
    {
      title: 'a field below',
      rule: { rule: 'self.replicas == 1', message: 'm', fieldPath: '.replicas' },
      expected: 'spec.replicas: Invalid value: m',
    },
    {
      title: 'a missing field, read without asking',
      rule: { rule: "self.name == 'x'", message: 'm' },
      expected: 'spec: Invalid value: "object": no such key: name evaluating rule: m',
    },
  ];
  it.each(messages)('say $title', ({ rule, expected }) => {
    expect(texts(withRule(rule), { spec: { replicas: 2 } })).toEqual([expected]);
  });

  it('compare items of a keyed list with those of the same key', () => {
    const items = spec.properties!['items']!;
    const rule = { rule: 'self == oldSelf', message: 'fixed' };
    const value: Schema = { type: 'integer', 'x-kubernetes-validations': [rule] };
    const list: Schema = {
      ...items,
      items: { type: 'object', properties: { key: { type: 'string' }, value } },
    };
    const schema: Schema = { type: 'object', properties: { list } };
    const before = { list: [{ key: 'a', value: 1 }] };
    const after = {
      list: [
        { key: 'b', value: 9 },
        { key: 'a', value: 2 },
      ],
    };
    expect(texts(schema, after, before)).toEqual(['list[1].value: Invalid value: 2: fixed']);
  });

  it('let pass what an update leaves as it was, unless they look at what was', () => {
    const rule = { rule: 'self.replicas < 5', message: 'm' };
    expect(texts(withRule(rule), { spec: { replicas: 9 } }, { spec: { replicas: 9 } })).toEqual([]);
    expect(texts(withRule(rule), { spec: { replicas: 8 } }, { spec: { replicas: 9 } })).toHaveLength(1);
  });

  const broken: [string, ValidationRule, string][] = [
    ['syntax', { rule: 'self.replicas ==' }, 'compilation failed: '],
    ['an unknown variable', { rule: 'other.replicas == 1' }, 'compilation failed: Unknown variable: other'],
    ['an unknown field', { rule: 'self.replica == 1' }, "undefined field 'replica'"],
    [
      'types that cannot be compared',
      { rule: 'self.name == null' },
      "found no matching overload for '_==_' applied to '(string, null)'",
    ],
    ['a result that is no boolean', { rule: 'self.replicas + 1' }, 'cel expression must evaluate to a bool'],
    ['an unknown field path', { rule: 'true', fieldPath: '.none' }, 'does not refer to a valid field'],
  ];
  it.each(broken)('that do not compile are told: %s', (_, rule, message) => {
    const { broken: found } = compileRules(withRule(rule));
    expect(found).toEqual([
      {
        path: expect.stringMatching(/^properties\[spec\]\.x-kubernetes-validations\[0\]\./),
        rule,
        message: expect.stringContaining(message),
      },
    ]);
  });
});
