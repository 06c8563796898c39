import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../core/model/kubernetes-object.ts';
import { kindsOf } from '../../../../sandbox/api-server/kinds/custom.ts';
import type {
  CustomResourceDefinition,
  CustomVersion,
  PrinterColumn,
} from '../../../../sandbox/api-server/kinds/custom-resource.ts';

const version = (name: string, more: Partial<CustomVersion> = {}): CustomVersion => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: { type: 'object' } },
  ...more,
});

const definition = (...versions: CustomVersion[]): CustomResourceDefinition => ({
  metadata: { name: 'foos.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'foos', kind: 'Foo', shortNames: ['fo'] },
    versions,
  },
});

const now = Date.parse('2026-01-01T01:00:00Z');

const cellOf = (column: Omit<PrinterColumn, 'name'>, object: object) => {
  const columns = [{ name: 'X', ...column }];
  const [kind] = kindsOf(definition(version('v1', { additionalPrinterColumns: columns })));
  return kind?.columns[1]?.cell({ metadata: {}, ...object } as KubernetesObject, now);
};

describe('the kinds of a definition', () => {
  test('are its served versions, the most stable first', () => {
    const names = ['v1alpha1', 'v2beta1', 'v1', 'extra', 'v2', 'v2beta2'];
    const versions = names.map((name) => version(name, { served: name !== 'v1' }));
    expect(kindsOf(definition(...versions)).map(({ resource }) => resource.version)).toEqual([
      'v2',
      'v2beta2',
      'v2beta1',
      'v1alpha1',
      'extra',
    ]);
  });

  test('have subresources only where the definition has them', () => {
    const scale = { specReplicasPath: '.spec.r', statusReplicasPath: '.status.r' };
    const [plain] = kindsOf(definition(version('v1')));
    const [rich] = kindsOf(definition(version('v1', { subresources: { status: {}, scale } })));
    expect([plain?.status, plain?.scale]).toEqual([false, undefined]);
    expect([rich?.status, rich?.scale]).toEqual([true, scale]);
  });

  test('get names that the definition leaves out', () => {
    const [kind] = kindsOf(definition(version('v1')));
    expect([kind?.singular, kind?.listKind, kind?.shortNames]).toEqual(['foo', 'FooList', ['fo']]);
  });

  test('show their age where the definition asks for no columns', () => {
    const [kind] = kindsOf(definition(version('v1')));
    const object = { metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' } };
    expect(kind?.columns.map(({ name, cell }) => [name, cell(object, now)])).toEqual([
      ['Name', 'a'],
      ['Age', '60m'],
    ]);
  });

  test('warn of a deprecated version, in the words of the definition where it has any', () => {
    const warningsOf = (more: Partial<CustomVersion>) =>
      kindsOf(definition(version('v1', more)))[0]?.strategy.warnings({ metadata: {} });
    expect(warningsOf({})).toEqual([]);
    expect(warningsOf({ deprecated: true })).toEqual(['example.com/v1 Foo is deprecated']);
    expect(warningsOf({ deprecated: true, deprecationWarning: 'use v2' })).toEqual(['use v2']);
  });

  test('can be selected by the fields that the definition names', () => {
    const [kind] = kindsOf(definition(version('v1', { selectableFields: [{ jsonPath: '.spec.on' }] })));
    const read = kind?.strategy.selectableFields['spec.on'];
    expect(read?.({ metadata: {}, spec: { on: true } })).toBe('true');
    expect(read?.({ metadata: {} })).toBe('');
  });
});

describe('a cell of a printer column', () => {
  test.each<[PrinterColumn['type'], object, unknown, string]>([
    ['string', { spec: { v: 'x' } }, 'x', 'a text as it is'],
    ['string', { spec: { v: 5 } }, '5', 'a number as text'],
    ['string', { spec: { v: ['x', 1] } }, '["x",1]', 'a list as JSON'],
    ['string', { spec: { v: { b: 1, a: 2 } } }, '{"a":2,"b":1}', 'an object as JSON with sorted fields'],
    ['string', { spec: { v: null } }, null, 'nothing for null'],
    ['string', {}, null, 'nothing for what is missing'],
    ['integer', { spec: { v: 3 } }, 3, 'a whole number'],
    ['integer', { spec: { v: 'x' } }, null, 'nothing for a text that should be a number'],
    ['number', { spec: { v: 1.5 } }, 1.5, 'a fraction'],
    ['boolean', { spec: { v: false } }, false, 'false is not nothing'],
    ['date', { spec: { v: '2026-01-01T00:00:00Z' } }, '60m', 'a time as an age'],
    ['date', { spec: { v: 'yesterday' } }, '<invalid>', 'a text that is no time'],
  ])('of type %s shows %j as %j: %s', (type, object, expected) => {
    expect(cellOf({ type, jsonPath: '.spec.v' }, object)).toBe(expected);
  });
});
