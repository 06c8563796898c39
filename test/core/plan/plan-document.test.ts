import { describe, expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import { type PlanDocument, planDifferences, planDocument } from '../../../core/plan/plan-document.ts';
import { dark, now } from '../step/pair.ts';
import { deployments, workloadOf } from '../workload/objects.ts';
import { factsOf, groupOf, type MoveSketch } from './moves.ts';
import { site } from './volumes.ts';

const planOf = (sketch: MoveSketch): PlanDocument =>
  planDocument(factsOf(sketch), [groupOf(sketch)], { earlier: [], warnings: [] });

/** `Restore west: db, Deployment web`. */
const linesOf = ({ steps }: PlanDocument): string[] =>
  steps.map(({ name, site: on, objects, needlessAs }) => {
    const names = objects.map((it) =>
      it.kind === 'PersistentVolumeClaim' ? it.name : `${it.kind} ${it.name}`,
    );
    return `${name} ${on}: ${names.join(', ')}${needlessAs === null ? '' : ` (nothing, as ${needlessAs})`}`;
  });

const web = { kind: 'Deployment', namespace: 'shop', name: 'web', claims: ['db'], size: 3 };
const disaster: MoveSketch = {
  verb: 'failover',
  source: dark,
  target: site({ db: 'replica' }),
  brought: { claims: new Set(['shop/db']), workloads: [web] },
};

describe('the plan of a failover', () => {
  test('has the workloads that a backup brings, with their sizes, and no step that waits for a site that is lost', () => {
    const plan = planOf(disaster);
    expect(linesOf(plan)).toEqual([
      'Restore west: Deployment web',
      'HandOver east: db (nothing, as east does not answer)',
      'Promote west: db',
      'Start west: Deployment web',
      'Ready west: Deployment web',
    ]);
    expect(plan.workloads).toMatchObject([{ name: 'web', replicas: 3 }]);
  });

  test('restores what the target lacks, and nothing else', () => {
    const lacking = { ...disaster, target: { claims: known([]) } };
    expect(linesOf(planOf(lacking))[0]).toBe('Restore west: db, Deployment web');
    const complete = { ...disaster, targetRuns: [workloadOf(deployments, { replicas: 0 })] };
    expect(linesOf(planOf(complete))[0]).toBe('Restore west: ');
  });

  test('waits for what a source that answers has demoted', () => {
    const plan = planOf({ ...disaster, source: site({ db: 'demoted' }) });
    expect(plan.steps.find(({ name }) => name === 'HandOver')?.needlessAs).toBeNull();
  });

  test.each<[string, MoveSketch, object]>([
    [
      'as a backup tells',
      { toldSync: { at: now - 90_000, source: 'as the backup knew' } },
      { atMostSeconds: 90, why: 'as the backup knew', lastSyncTime: expect.stringMatching(/Z$/) },
    ],
    ['as far as nobody knows', {}, { atMostSeconds: null, why: 'no sync is known here', lastSyncTime: null }],
  ])('tells what may be lost, %s', (_, sketch, expected) => {
    expect(planOf({ ...disaster, ...sketch }).losses).toMatchObject([
      { claim: { name: 'db' }, loss: 'force-promote', loses: expect.stringContaining('east'), ...expected },
    ]);
  });
});

test('the plan of a return tells that the older copy goes', () => {
  const plan = planOf({ verb: 'failback', source: site({ db: 'primary' }), target: site({ db: 'primary' }) });
  expect(plan.losses).toMatchObject([{ loss: 'resync', loses: expect.stringContaining('the copy on west') }]);
});

test.each(['primary', 'followed'] as const)(
  'the plan of a planned move of what is %s loses nothing',
  (word) => {
    expect(planOf({ source: site({ db: word }), target: site({ db: 'replica' }) }).losses).toEqual([]);
  },
);

describe('a plan that was kept', () => {
  const begun: MoveSketch = {
    source: site({ db: 'followed' }),
    target: site({ db: 'replica' }),
    sourceRuns: [workloadOf(deployments, { replicas: 2 })],
  };

  test.each<[string, MoveSketch, RegExp[]]>([
    ['holds as long as nothing has changed', begun, []],
    [
      'does not where a workload has another size',
      { ...begun, sourceRuns: [workloadOf(deployments, { replicas: 3 })] },
      [/replicas was 2, and is 3/],
    ],
    [
      'does not where a role is another one',
      { ...begun, source: site({ db: 'demoted' }) },
      [/sourceRole was primary, and is secondary/],
    ],
    [
      'does not where a volume has come to it',
      { ...begun, claims: ['db', 'web'], source: site({ db: 'followed', web: 'followed' }) },
      [/shop\/web is new/],
    ],
  ])('%s', (_, sketch, expected) => {
    const found = planDifferences(planOf(begun), planOf(sketch));
    expect(found).toEqual(expected.map((line) => expect.stringMatching(line)));
  });
});
