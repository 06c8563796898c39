import { describe, expect, it } from 'vitest';
import { strategicMerge } from '../../../../sandbox/api-server/apply/strategic-merge.ts';
import { builtInSchema } from '../../../../sandbox/api-server/schema/built-in.ts';
import type { JsonObject } from '../../../../sandbox/api-server/schema/json-value.ts';

const deployment = builtInSchema('apps/v1', 'Deployment');
const podSpec = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } });

type Case = { title: string; target: JsonObject; patch: JsonObject; expected: JsonObject };

const a = { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] };
const b = { name: 'b', image: '2' };

const cases: Case[] = [
  {
    title: 'merges items by their merge key and keeps the others',
    target: podSpec({ containers: [a, b] }),
    patch: podSpec({ containers: [{ name: 'b', image: '3' }] }),
    expected: podSpec({ containers: [a, { name: 'b', image: '3' }] }),
  },
  {
    title: 'appends items with new keys',
    target: podSpec({ containers: [a] }),
    patch: podSpec({ containers: [b] }),
    expected: podSpec({ containers: [b, a] }),
  },
  {
    title: 'merges lists inside of items',
    target: podSpec({ containers: [a] }),
    patch: podSpec({ containers: [{ name: 'a', env: [{ name: 'X', value: '2' }] }] }),
    expected: podSpec({ containers: [{ ...a, env: [{ name: 'X', value: '2' }] }] }),
  },
  {
    title: 'deletes an item on $patch: delete',
    target: podSpec({ containers: [a, b] }),
    patch: podSpec({ containers: [{ name: 'a', $patch: 'delete' }] }),
    expected: podSpec({ containers: [b] }),
  },
  {
    title: 'replaces a list on $patch: replace',
    target: podSpec({ containers: [a, b] }),
    patch: podSpec({ containers: [{ name: 'c', image: '9' }, { $patch: 'replace' }] }),
    expected: podSpec({ containers: [{ name: 'c', image: '9' }] }),
  },
  {
    title: 'replaces lists that have no merge key',
    target: podSpec({ tolerations: [{ key: 'x' }] }),
    patch: podSpec({ tolerations: [{ key: 'y' }] }),
    expected: podSpec({ tolerations: [{ key: 'y' }] }),
  },
  {
    title: 'removes a field on null',
    target: { spec: { replicas: 1, paused: true } },
    patch: { spec: { paused: null, minReadySeconds: null } },
    expected: { spec: { replicas: 1 } },
  },
  {
    title: 'replaces an object on $patch: replace',
    target: { metadata: { labels: { x: '1', y: '2' } } },
    patch: { metadata: { labels: { $patch: 'replace', z: '3' } } },
    expected: { metadata: { labels: { z: '3' } } },
  },
  {
    title: 'keeps only what $retainKeys lists',
    target: { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
    patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    expected: { spec: { strategy: { type: 'Recreate' } } },
  },
  {
    title: 'orders items as $setElementOrder says',
    target: podSpec({ containers: [a, b] }),
    patch: podSpec({ '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] }),
    expected: podSpec({ containers: [b, a] }),
  },
  {
    title: 'merges sets of texts and deletes from them',
    target: { metadata: { finalizers: ['x', 'y'] } },
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': ['x'], finalizers: ['z'] } },
    expected: { metadata: { finalizers: ['z', 'y'] } },
  },
];

describe('strategic merge patch', () => {
  it.each(cases)('$title', ({ target, patch, expected }) => {
    const before = structuredClone(target);
    expect(strategicMerge(target, patch, deployment)).toEqual(expected);
    expect(target).toEqual(before);
  });

  it.each([
    [
      'an item without its merge key',
      { image: 'x' },
      'map: map[image:x] does not contain declared merge key: name',
    ],
    [
      'an unknown directive',
      { name: 'a', $patch: 'x' },
      'unknown patch type: x in map: map[$patch:x name:a]',
    ],
  ])('refuses %s', (_, item, message) => {
    const patch = podSpec({ containers: [item] });
    expect(() => strategicMerge(podSpec({ containers: [a] }), patch, deployment)).toThrow(message);
  });
});
