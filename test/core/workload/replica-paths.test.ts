import { describe, expect, test } from 'vitest';
import { patchAt, replicaPathsOf, valueAt } from '../../../core/workload/replica-paths.ts';

const definition = (scale: object | undefined, name = 'v1') => ({
  metadata: { name: 'clusters.postgresql.cnpg.io' },
  spec: { versions: [{ name, subresources: scale === undefined ? {} : { scale } }] },
});

describe('where a kind keeps its replica count', () => {
  test.each([
    [{ specReplicasPath: '.spec.instances', statusReplicasPath: '.status.instances' }, ['spec', 'instances']],
    [{ specReplicasPath: '.spec.a.b-c' }, ['spec', 'a', 'b-c']],
    [{ specReplicasPath: '.spec.list[0]' }, undefined],
    [{ specReplicasPath: '.status.instances' }, undefined],
    [{}, undefined],
    [undefined, undefined],
  ])('%j is told by its definition', (scale, spec) => {
    expect(replicaPathsOf(definition(scale), 'v1')?.spec).toEqual(spec);
  });

  test('of the version that is read', () => {
    expect(replicaPathsOf(definition({ specReplicasPath: '.spec.instances' }), 'v2')).toBeUndefined();
  });

  test('is read and written', () => {
    expect(valueAt({ spec: { a: { b: 3 } } }, ['spec', 'a', 'b'])).toBe(3);
    expect(valueAt({ spec: null }, ['spec', 'a'])).toBeUndefined();
    expect(patchAt(['spec', 'a', 'b'], 0)).toEqual({ spec: { a: { b: 0 } } });
  });
});
