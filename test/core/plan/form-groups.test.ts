import { describe, expect, test } from 'vitest';
import { formGroups } from '../../../core/plan/form-groups.ts';
import type { BroughtWorkload } from '../../../core/plan/move.ts';
import type { Workload } from '../../../core/workload/workload.ts';
import { deployments, workloadOf } from '../workload/objects.ts';
import { factsOf, moving } from './moves.ts';

const mounting = (name: string, ...claims: string[]): Workload => ({
  ...workloadOf(deployments),
  name,
  claims,
});

const brought = (name: string, ...claims: string[]): BroughtWorkload => ({
  kind: 'Deployment',
  size: 1,
  namespace: 'shop',
  name,
  claims,
  mounts: claims,
});

const volumes = ['a', 'b', 'c', 'd'].map((name) => moving(name));

const grouped = (
  sourceRuns: readonly Workload[] | string,
  targetRuns: readonly Workload[] | string = [],
  fromBackup: readonly BroughtWorkload[] = [],
): string[] =>
  formGroups(volumes, factsOf({ sourceRuns, targetRuns }).sites, fromBackup).map(
    ({ name, volumes: members }) => `${name}: ${members.map(({ source }) => source.name).join(' ')}`,
  );

describe('volumes', () => {
  test('that nothing mounts move each by itself', () => {
    expect(grouped([])).toEqual(['shop/a: a', 'shop/b: b', 'shop/c: c', 'shop/d: d']);
  });

  test('of one workload move together, and are called after it', () => {
    expect(grouped([mounting('web', 'a', 'c')])).toEqual(['shop/web: a c', 'shop/b: b', 'shop/d: d']);
  });

  test('of workloads that share one move together, whichever comes first', () => {
    const shared = [mounting('x', 'a', 'b'), mounting('y', 'c', 'd'), mounting('z', 'd', 'a')];
    expect(grouped(shared)).toEqual(['shop/x: a b c d']);
    expect(grouped([...shared].reverse())).toEqual(['shop/z: a b c d']);
  });

  test('that only the target, or only a backup, mounts together move together', () => {
    expect(grouped([], [mounting('web', 'a', 'b')])).toContain('shop/web: a b');
    expect(grouped('east cannot be read', [], [brought('web', 'c', 'd')])).toContain('shop/web: c d');
  });

  test('are not joined by claims that do not move', () => {
    expect(grouped([mounting('web', 'a', 'other'), mounting('mail', 'other', 'b')])).toEqual([
      'shop/web: a',
      'shop/mail: b',
      'shop/c: c',
      'shop/d: d',
    ]);
  });

  test('are not joined across namespaces', () => {
    const elsewhere = { ...mounting('web', 'a', 'b'), namespace: 'mail' };
    expect(grouped([elsewhere])).toHaveLength(4);
  });

  test('are known by what each site calls its claims', () => {
    const renamed = [moving('a', 'x'), moving('b', 'y')];
    const { sites } = factsOf({ targetRuns: [mounting('web', 'x', 'y')] });
    expect(formGroups(renamed, sites, [])).toEqual([{ name: 'shop/web', volumes: renamed }]);
  });
});
