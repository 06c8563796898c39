import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../core/model/kubernetes-object.ts';
import { customResourceDefinitions } from '../../../../sandbox/api-server/kinds/custom-resource-definitions.ts';
import { readCrds } from '../../../contract/kube-apiserver/crds.ts';

const { strategy } = customResourceDefinitions;

const created = (crd: object): KubernetesObject =>
  strategy.prepareForCreate({
    ...crd,
    metadata: { name: 'foos.example.com', creationTimestamp: '2026-01-01T00:00:00Z' },
  });

const definition = (schema: unknown, more: object = {}) => ({
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'foos', kind: 'Foo' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...more }],
  },
});

const problemsOf = (schema: unknown): string[] =>
  strategy.validateCreate(created(definition(schema))).map(({ field, message }) => `${field}: ${message}`);

describe('a CustomResourceDefinition', () => {
  test.each(readCrds())('$metadata.name of this product is valid', (crd) => {
    expect(strategy.validateCreate(strategy.prepareForCreate(crd))).toEqual([]);
  });

  test('is established when it is created, with the names it was given', () => {
    expect(created(definition({ type: 'object' }))['status']).toMatchObject({
      acceptedNames: { plural: 'foos', kind: 'Foo', singular: 'foo', listKind: 'FooList' },
      conditions: [
        { type: 'NamesAccepted', status: 'True' },
        { type: 'Established', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
      ],
      storedVersions: ['v1'],
    });
  });

  test('remembers each version that objects were stored in', () => {
    const old = created(definition({ type: 'object' }));
    const next = structuredClone(old) as KubernetesObject & { spec: { versions: { name: string }[] } };
    next.spec.versions = [
      { ...next.spec.versions[0]!, storage: false } as { name: string },
      { name: 'v2', served: true, storage: true } as { name: string },
    ];
    expect(strategy.prepareForUpdate(next, old)['status']).toMatchObject({ storedVersions: ['v1', 'v2'] });
  });

  test('cannot drop a version that objects are stored in', () => {
    const old = created(definition({ type: 'object' }));
    const next = structuredClone(old) as KubernetesObject & { spec: { versions: { name: string }[] } };
    next.spec.versions[0]!.name = 'v2';
    expect(strategy.validateUpdate(strategy.prepareForUpdate(next, old), old)).toMatchObject([
      { field: 'status.storedVersions[0]' },
    ]);
  });

  const root = 'spec.validation.openAPIV3Schema';
  test.each([
    ['no type at the root', {}, `${root}.type: Required value: must not be empty at the root`],
    [
      'a list that says nothing of its items',
      { type: 'object', properties: { l: { type: 'array' } } },
      `${root}.properties[l].items: Required value: must be specified`,
    ],
    [
      'a list that is a map by a key that items lack',
      {
        type: 'object',
        properties: {
          l: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['k'],
            items: { type: 'object' },
          },
        },
      },
      `${root}.properties[l].x-kubernetes-list-map-keys: Invalid value: "k": entries must all be names of item properties`,
    ],
    [
      'a pattern that is none',
      { type: 'object', properties: { p: { type: 'string', pattern: '[' } } },
      `${root}.properties[p].pattern: Invalid value: "[": must be a valid regular expression`,
    ],
    [
      'a default inside anyOf',
      { type: 'object', anyOf: [{ default: {} }] },
      `${root}.anyOf[0].default: Forbidden: must be empty to be structural`,
    ],
  ])('with %s is refused', (_what, schema, expected) => {
    expect(problemsOf(schema)).toEqual([expect.stringContaining(expected)]);
  });

  test('may hold an int or a string, or anything at all, without a type', () => {
    const schema = {
      type: 'object',
      properties: {
        either: { 'x-kubernetes-int-or-string': true },
        any: { 'x-kubernetes-preserve-unknown-fields': true },
      },
    };
    expect(problemsOf(schema)).toEqual([]);
  });
});
