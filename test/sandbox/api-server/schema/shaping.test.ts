import { describe, expect, it } from 'vitest';
import { builtInSchema } from '../../../../sandbox/api-server/schema/built-in.ts';
import { compileSchema } from '../../../../sandbox/api-server/schema/compiled.ts';
import { applyDefaults } from '../../../../sandbox/api-server/schema/default.ts';
import type { JsonObject } from '../../../../sandbox/api-server/schema/json-value.ts';
import { pruneUnknown } from '../../../../sandbox/api-server/schema/prune.ts';
import { parseQuantity } from '../../../../sandbox/api-server/schema/quantity.ts';
import type { Schema } from '../../../../sandbox/api-server/schema/schema.ts';

const open = { 'x-kubernetes-preserve-unknown-fields': true } as const;
const object = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties });
const text: Schema = { type: 'string' };

type Pruning = { title: string; schema: Schema; given: JsonObject; kept: JsonObject; unknown: string[] };

const prunings: Pruning[] = [
  {
    title: 'unknown fields at every depth, sorted',
    schema: object({ spec: object({ list: { type: 'array', items: object({ a: text }) } }) }),
    given: { spec: { z: 1, list: [{ a: 'x', b: 1 }], y: 2 } },
    kept: { spec: { list: [{ a: 'x' }] } },
    unknown: ['spec.list[0].b', 'spec.y', 'spec.z'],
  },
  {
    title: 'nothing where unknown fields are preserved, but inside of known ones',
    schema: object({ spec: { ...object({ known: object({ a: text }) }), ...open } }),
    given: { spec: { any: { thing: 1 }, known: { a: 'x', b: 'y' } } },
    kept: { spec: { any: { thing: 1 }, known: { a: 'x' } } },
    unknown: ['spec.known.b'],
  },
  {
    title: 'no keys of maps',
    schema: object({ map: { type: 'object', additionalProperties: object({ a: text }) } }),
    given: { map: { k: { a: 'x', b: 1 } } },
    kept: { map: { k: { a: 'x' } } },
    unknown: ['map.k.b'],
  },
  {
    title: 'unknown metadata, told first',
    schema: object({ a: text }),
    given: {
      kind: 'X',
      apiVersion: 'v1',
      metadata: { name: 'n', foo: 1, labels: { any: 'key' } },
      a: 'x',
      aa: 1,
    },
    kept: { kind: 'X', apiVersion: 'v1', metadata: { name: 'n', labels: { any: 'key' } }, a: 'x' },
    unknown: ['metadata.foo', 'aa'],
  },
  {
    title: 'unknown metadata of an embedded resource',
    schema: object({ template: { ...object({ spec: object({}) }), 'x-kubernetes-embedded-resource': true } }),
    given: { template: { apiVersion: 'v1', kind: 'Y', metadata: { name: 'n', bad: 1 }, other: 1 } },
    kept: { template: { apiVersion: 'v1', kind: 'Y', metadata: { name: 'n' } } },
    unknown: ['template.metadata.bad', 'template.other'],
  },
  {
    title: 'nulls that mean nothing, silently',
    schema: object({ a: text, b: { ...text, nullable: true }, c: { ...text, default: 'd' } }),
    given: { a: null, b: null, c: null },
    kept: { b: null, c: null },
    unknown: [],
  },
];

describe('pruning drops', () => {
  it.each(prunings)('$title', ({ schema, given, kept, unknown }) => {
    const before = structuredClone(given);
    expect(pruneUnknown(given, schema)).toEqual({ object: kept, unknown });
    expect(given).toEqual(before);
  });

  it('nothing of what a built-in kind knows', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: {
        containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: 1 } } }],
        nodeSelector: { a: 'b' },
      },
    };
    expect(pruneUnknown(pod, builtInSchema('v1', 'Pod'))).toEqual({ object: pod, unknown: [] });
    const wrong = { ...pod, spec: { containers: [{ name: 'c', imagee: 'i' }] } };
    expect(pruneUnknown(wrong, builtInSchema('v1', 'Pod')).unknown).toEqual(['spec.containers[0].imagee']);
  });

  it('returns the same object where nothing goes', () => {
    const given = { a: 'x' };
    expect(pruneUnknown(given, object({ a: text })).object).toBe(given);
  });
});

describe('defaults', () => {
  const schema = object({
    spec: {
      ...object({
        a: { ...text, default: 'x' },
        inner: { ...object({ b: { type: 'integer', default: 1 } }), default: {} },
      }),
    },
    list: { type: 'array', items: object({ c: { type: 'boolean', default: false } }) },
    map: { type: 'object', additionalProperties: { ...text, default: 'm' } },
  });
  it.each<[string, JsonObject, JsonObject]>([
    ['are filled in, those inside of defaults too', { spec: {} }, { spec: { a: 'x', inner: { b: 1 } } }],
    ['replace nulls that are not allowed', { spec: { a: null } }, { spec: { a: 'x', inner: { b: 1 } } }],
    ['leave what is there', { spec: { a: 'y', inner: { b: 2 } } }, { spec: { a: 'y', inner: { b: 2 } } }],
    ['make no objects that were not asked for', {}, {}],
    [
      'reach items and values of maps',
      { list: [{}], map: { k: null } },
      { list: [{ c: false }], map: { k: 'm' } },
    ],
  ])('%s', (_, given, expected) => {
    expect(applyDefaults(given, schema)).toEqual(expected);
  });
});

describe('lists and embedded resources', () => {
  const check = (property: Schema, value: unknown) =>
    compileSchema(object({ x: property }))
      .validateCreate({ x: value })
      .map(({ field, message }) => `${field}: ${message}`);
  const keyed = (keys: string[]): Schema => ({
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': keys,
    items: object({ k: text, l: text }),
  });

  it.each<[string, Schema, unknown, string[]]>([
    [
      'a set names the second occurrence',
      { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
      ['a', 'b', 'a', 'a'],
      ['x[2]: Duplicate value: "a"'],
    ],
    [
      'a keyed list names the key',
      keyed(['k']),
      [{ k: 'a' }, { k: 'a', l: 'b' }],
      ['x[1]: Duplicate value: {"k":"a"}'],
    ],
    [
      'two keys make one',
      keyed(['k', 'l']),
      [
        { k: 'a', l: '1' },
        { k: 'a', l: '2' },
        { l: '1', k: 'a' },
      ],
      ['x[2]: Duplicate value: {"k":"a","l":"1"}'],
    ],
    [
      'an embedded resource needs its type',
      { type: 'object', 'x-kubernetes-embedded-resource': true, ...open },
      { kind: 'X' },
      ['x.apiVersion: Required value'],
    ],
  ])('%s', (_, property, value, expected) => {
    expect(check(property, value)).toEqual(expected);
  });

  it('let an update keep duplicates that were there', () => {
    const schema = compileSchema(
      object({ x: { type: 'array', 'x-kubernetes-list-type': 'set', items: text } }),
    );
    expect(schema.validateUpdate({ x: ['a', 'a'] }, { x: ['a', 'a'] })).toEqual([]);
    expect(schema.validateUpdate({ x: ['a', 'a'] }, { x: ['a'] })).toHaveLength(1);
  });
});

describe('quantities', () => {
  const giga = 10n ** 9n;
  it.each<[string, bigint | undefined]>([
    ['1', giga],
    ['1Ki', 1024n * giga],
    ['1.5Gi', 1_610_612_736n * giga],
    ['100m', giga / 10n],
    ['1e3', 1000n * giga],
    ['1E', 10n ** 18n * giga],
    ['-2k', -2000n * giga],
    ['.5', giga / 2n],
    ['1 Gi', undefined],
    ['Gi', undefined],
    ['', undefined],
  ])('%j is %s nano units', (quantity, nanos) => {
    expect(parseQuantity(quantity)).toBe(nanos);
  });
});
