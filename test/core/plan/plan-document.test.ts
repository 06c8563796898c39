import { describe, expect, test } from 'vitest';
import { demotionAnnotation, demotionText } from '../../../core/following/demotion.ts';
import { known } from '../../../core/model/reading.ts';
import { lossOfPromote } from '../../../core/plan/loss-of-promote.ts';
import { lossesOf } from '../../../core/plan/losses-of-move.ts';
import { type PlanDocument, planDifferences, planDocument } from '../../../core/plan/plan-document.ts';
import { promoteVolumes } from '../../../core/plan/steps/promote-volumes.ts';
import { dark, now, vr } from '../step/pair.ts';
import { deployments, workloadOf } from '../workload/objects.ts';
import { factsOf, groupOf, lookBy, type MoveSketch } from './moves.ts';
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

const web = { kind: 'Deployment', namespace: 'shop', name: 'web', claims: ['db'], mounts: ['db'], size: 3 };
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

describe('what can be lost since a promote that nobody has followed', () => {
  const marked = (followed: 'yes' | 'no' | 'unknown') => ({
    replications: known([
      {
        ...demoted,
        metadata: { ...demoted.metadata, annotations: { [demotionAnnotation]: textOf(followed) } },
      },
    ]),
  });
  const demoted = vr({ wants: 'secondary', state: 'Secondary', sets: ['demoted'], generation: 2 });
  const textOf = (followed: 'yes' | 'no' | 'unknown'): string =>
    demotionText({ followed, at: now - 60_000 }, 2);
  const lost = { claim: { name: 'db' }, loss: 'lose-since-promote', loses: expect.stringContaining('east') };
  const replica = { target: site({ db: 'replica' }) };

  test.each<[string, MoveSketch, object[]]>([
    ['is nothing of a planned move that waits for it', { source: site({ db: 'primary' }), ...replica }, []],
    ['is told of where nobody can tell', { source: site({ db: 'toldUnknown' }), ...replica }, [lost]],
    ['is told of where the source was demoted before', { source: marked('no'), ...replica }, [lost]],
    ['is told of where the source does not tell', { source: marked('unknown'), ...replica }, [lost]],
    [
      'is nothing where the source was demoted after it was followed',
      { source: marked('yes'), ...replica },
      [],
    ],
    [
      'is what a failover from a source that answers asks about, and no force',
      { verb: 'failover', source: marked('no'), ...replica },
      [lost],
    ],
    [
      'is told of before a return, too',
      { verb: 'failback', source: site({ db: 'toldUnknown' }), ...replica },
      [lost],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(planOf(sketch).losses).toMatchObject(expected);
    expect(planOf(sketch).losses).toHaveLength(expected.length);
  });

  test('is told of where nothing is to be waited for', () => {
    const sketch: MoveSketch = { source: site({ db: 'primary' }), ...replica };
    expect(lossesOf(factsOf(sketch), [groupOf(sketch)], true)).toMatchObject([
      { loss: 'lose-since-promote', need: { accepts: ['lose-since-promote'] } },
    ]);
    expect(lossesOf(factsOf(sketch), [groupOf(sketch)], false)).toEqual([]);
  });

  test.each(['relocate', 'failover'] as const)(
    'is accepted by a %s under the name that its promote looks for',
    (verb) => {
      const sketch: MoveSketch = { verb, source: marked('no'), ...replica };
      const [asked] = lossesOf(factsOf(sketch), [groupOf(sketch)], false);
      const accepted = { ...sketch, accepts: asked === undefined ? [] : [asked.loss] };
      const [write] = lookBy(promoteVolumes, accepted).writes;
      const consent = write?.kind === 'replication' ? write.consent : undefined;
      expect(consent?.accepts).toEqual(['lose-since-promote']);
      expect(asked?.loss).toBe(lossOfPromote(consent ?? { accepts: [] }));
    },
  );
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
