import { describe, expect, it } from 'vitest';
import type { Schema } from '../../../../sandbox/api-server/schema/schema.ts';
import { validateAgainstSchema } from '../../../../sandbox/api-server/schema/validate.ts';

const at = (x: Schema): Schema => ({
  type: 'object',
  properties: { spec: { type: 'object', properties: { x } } },
});

const found = (schema: Schema, value: unknown, old?: unknown): string[] =>
  validateAgainstSchema(
    { spec: { x: value } },
    at(schema),
    old === undefined ? undefined : { spec: { x: old } },
  ).map(({ field, message }) => `${field}: ${message}`);

type Case = { title: string; schema: Schema; value: unknown; expected: string[] };

const cases: Case[] = [
  {
    title: 'an integer where a text is wanted',
    schema: { type: 'string' },
    value: 1,
    expected: ['spec.x: Invalid value: "integer": spec.x in body must be of type string: "integer"'],
  },
  {
    title: 'a fraction where an integer is wanted',
    schema: { type: 'integer' },
    value: 1.5,
    expected: [
      'spec.x: Invalid value: "number": spec.x in body must be of type integer: "number"',
      '<nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.x',
    ],
  },
  { title: 'an integer is a number', schema: { type: 'number' }, value: 1, expected: [] },
  {
    title: 'an array where an object is wanted',
    schema: { type: 'object' },
    value: [],
    expected: ['spec.x: Invalid value: "array": spec.x in body must be of type object: "array"'],
  },
  {
    title: 'a null that is not allowed',
    schema: { type: 'string' },
    value: null,
    expected: ['spec.x: Invalid value: "null": spec.x in body must be of type string: "null"'],
  },
  { title: 'a null that is', schema: { type: 'string', nullable: true }, value: null, expected: [] },
  {
    title: 'a number for int-or-string',
    schema: { 'x-kubernetes-int-or-string': true },
    value: 5,
    expected: [],
  },
  {
    title: 'a text for int-or-string',
    schema: { 'x-kubernetes-int-or-string': true },
    value: '5%',
    expected: [],
  },
  {
    title: 'a boolean for int-or-string',
    schema: { 'x-kubernetes-int-or-string': true },
    value: true,
    expected: ['spec.x: Invalid value: "boolean": spec.x in body must be of type integer,string: "boolean"'],
  },
  {
    title: 'a text that is too long',
    schema: { type: 'string', maxLength: 2 },
    value: 'abc',
    expected: ['spec.x: Too long: may not be more than 2 bytes'],
  },
  {
    title: 'characters are counted, not code units',
    schema: { type: 'string', maxLength: 2 },
    value: '😀😀',
    expected: [],
  },
  {
    title: 'a text that does not match',
    schema: { type: 'string', pattern: '^[a-z]+$' },
    value: 'A',
    expected: [`spec.x: Invalid value: "A": spec.x in body should match '^[a-z]+$'`],
  },
  {
    title: 'a bad time',
    schema: { type: 'string', format: 'date-time' },
    value: 'soon',
    expected: ['spec.x: Invalid value: "soon": spec.x in body must be of type date-time: "soon"'],
  },
  { title: 'an unknown format', schema: { type: 'string', format: 'colour' }, value: 'x', expected: [] },
  {
    title: 'a number below the minimum',
    schema: { type: 'integer', minimum: 0 },
    value: -1,
    expected: ['spec.x: Invalid value: -1: spec.x in body should be greater than or equal to 0'],
  },
  {
    title: 'a number at an exclusive maximum',
    schema: { type: 'number', maximum: 1.5, exclusiveMaximum: true },
    value: 1.5,
    expected: ['spec.x: Invalid value: 1.5: spec.x in body should be less than 1.5'],
  },
  {
    title: 'a number that is no multiple',
    schema: { type: 'integer', multipleOf: 3 },
    value: 4,
    expected: ['spec.x: Invalid value: 4: spec.x in body should be a multiple of 3'],
  },
  {
    title: 'an integer and a factor that is a fraction',
    schema: { type: 'number', multipleOf: 0.5 },
    value: 3,
    expected: ['spec.x: Invalid value: 0: factor MultipleOf declared for spec.x must be positive: 0'],
  },
  {
    title: 'an integer beyond its format',
    schema: { type: 'integer', format: 'int32' },
    value: 2 ** 31,
    expected: ['<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.x'],
  },
  {
    title: 'too many items',
    schema: { type: 'array', maxItems: 1, items: { type: 'string' } },
    value: ['a', 'b'],
    expected: ['spec.x: Too many: 2: must have at most 1 item'],
  },
  {
    title: 'too few items',
    schema: { type: 'array', minItems: 1, items: { type: 'string' } },
    value: [],
    expected: ['spec.x: Invalid value: 0: spec.x in body should have at least 1 items'],
  },
  {
    title: 'a wrong item by its index',
    schema: { type: 'array', items: { type: 'string' } },
    value: ['a', 1],
    expected: ['spec.x[1]: Invalid value: "integer": spec.x[1] in body must be of type string: "integer"'],
  },
  {
    title: 'a wrong value of a map by its key',
    schema: { type: 'object', additionalProperties: { type: 'string' } },
    value: { a: 'x', b: 2 },
    expected: ['spec.x.b: Invalid value: "integer": spec.x.b in body must be of type string: "integer"'],
  },
  {
    title: 'too many properties',
    schema: { type: 'object', maxProperties: 1, additionalProperties: { type: 'string' } },
    value: { a: 'x', b: 'y' },
    expected: ['spec.x: Too many: 2: must have at most 1 item'],
  },
  {
    title: 'wrong fields before missing ones',
    schema: {
      type: 'object',
      required: ['a', 'b'],
      properties: { a: { type: 'string' }, b: { type: 'string' } },
    },
    value: { b: 1 },
    expected: [
      'spec.x.b: Invalid value: "integer": spec.x.b in body must be of type string: "integer"',
      'spec.x.a: Required value',
    ],
  },
  {
    title: 'a value that is none of several',
    schema: { enum: ['a', 1] },
    value: 'b',
    expected: ['spec.x: Unsupported value: "b": supported values: "a", "1"'],
  },
  {
    title: 'anyOf: the alternative that came closest',
    schema: {
      anyOf: [
        { required: ['a'], properties: { a: { type: 'string' } } },
        { required: ['b'], properties: { b: { type: 'string' } } },
      ],
    },
    value: { c: 1 },
    expected: [
      '<nil>: Invalid value: "": "spec.x" must validate at least one schema (anyOf)',
      'spec.x.a: Required value',
    ],
  },
  {
    title: 'oneOf: two that fit are one too many',
    schema: { oneOf: [{ type: 'integer' }, { minimum: 0 }] },
    value: 3,
    expected: [
      '<nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
  },
  {
    title: 'allOf: none fits',
    schema: { allOf: [{ minimum: 5 }] },
    value: 3,
    expected: [
      'spec.x: Invalid value: 3: spec.x in body should be greater than or equal to 5',
      '<nil>: Invalid value: "": "spec.x" must validate all the schemas (allOf). None validated',
    ],
  },
  {
    title: 'not: what must not fit',
    schema: { not: { enum: ['x'] } },
    value: 'x',
    expected: ['<nil>: Invalid value: "": "spec.x" must not validate the schema (not)'],
  },
];

describe('validation by schema', () => {
  it.each(cases)('finds $title', ({ schema, value, expected }) => {
    expect(found(schema, value)).toEqual(expected);
  });
});

describe('validation of an update', () => {
  it('lets pass what is wrong but was so before', () => {
    expect(found({ type: 'string', maxLength: 1 }, 'abc', 'abc')).toEqual([]);
    expect(found({ type: 'string', maxLength: 1 }, 'abcd', 'abc')).toHaveLength(1);
  });

  it('compares items of a keyed list by their keys, and of no other list', () => {
    const items: Schema = {
      type: 'object',
      properties: { k: { type: 'string' }, v: { type: 'string', maxLength: 1 } },
    };
    const keyed: Schema = {
      type: 'array',
      items,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
    };
    const before = [{ k: 'a', v: 'long' }];
    const after = [
      { k: 'b', v: 'x' },
      { k: 'a', v: 'long' },
    ];
    expect(found(keyed, after, before)).toEqual([]);
    expect(found({ type: 'array', items }, after, before)).toEqual([
      'spec.x[1].v: Too long: may not be more than 1 byte',
    ]);
  });
});
