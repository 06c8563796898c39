import { describe, expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import { judgeGroup } from '../../../core/plan/judge-move.ts';
import { lookAtGroup } from '../../../core/plan/look-at-group.ts';
import type { MoveVerb } from '../../../core/plan/move.ts';
import { planGroup } from '../../../core/plan/plan-group.ts';
import type { Workload } from '../../../core/workload/workload.ts';
import { pvc, vr } from '../status/objects.ts';
import { dark, kept, vgr, vrc } from '../step/pair.ts';
import { deployments, ownedBy, statefulSets, workloadOf } from '../workload/objects.ts';
import { factsOf, groupOf, type MoveSketch } from './moves.ts';
import { podOn, site, standing } from './volumes.ts';

/** `target DR102 → failback`: what stands against it, where, and the command that is named. */
const judged = (sketch: MoveSketch): string[] =>
  judgeGroup(factsOf(sketch), groupOf(sketch)).blocks.map(({ site: on, obstacle: { code, next } }) => {
    const verb = /\bkubectl dr (\w+)/.exec(next ?? '')?.[1];
    return `${on} ${code}${verb === undefined ? '' : ` → ${verb}`}`;
  });

const warned = (sketch: MoveSketch): readonly string[] =>
  judgeGroup(factsOf(sketch), groupOf(sketch)).warnings;

const marked = standing('replica', 'db', { 'kubectl-dr.dev/stale-against': 'east/db-uid' });

describe('a relocate', () => {
  test.each<[string, MoveSketch, string[]]>([
    [
      'begins from a primary to a replica',
      { source: site({ db: 'primary' }), target: site({ db: 'replica' }) },
      [],
    ],
    ['begins where the target has nothing yet', { source: site({ db: 'primary' }) }, []],
    [
      'begins though something uses the volume: its first steps end that',
      { source: site({ db: 'primary' }, { pods: known([podOn('db')]) }) },
      [],
    ],
    ['goes on from its middle', { source: site({ db: 'demoted' }), target: site({ db: 'replica' }) }, []],
    [
      'is over where the target is primary alone',
      { source: site({ db: 'replica' }), target: site({ db: 'primary' }) },
      [],
    ],
    [
      'does not begin without its source',
      { source: dark, target: site({ db: 'replica' }) },
      ['source Unknown → failover'],
    ],
    [
      'does not begin without its target',
      { source: site({ db: 'primary' }), target: dark },
      ['target Unknown'],
    ],
    [
      'does not begin with two primaries',
      { source: site({ db: 'primary' }), target: site({ db: 'primary' }) },
      ['target DR102 → failback'],
    ],
    [
      'does not begin while the target was asked to take over, and has not yet',
      { source: site({ db: 'primary' }), target: site({ db: 'toBePromoted' }) },
      ['target DR102 → failback'],
    ],
    [
      'does not go over a copy that is marked as older',
      { source: site({ db: 'primary' }), target: { replications: known([marked]) } },
      ['target DR102 → failback'],
    ],
    [
      'does not go over a copy that a record tells of, though it follows: nothing would tell once the source is demoted',
      { source: site({ db: 'followed' }), target: site({ db: 'replica' }), isToldStale: true },
      ['target DR102 → failback'],
    ],
    [
      'does not begin while the replica fails: it may have split off',
      { source: site({ db: 'followed' }), target: site({ db: 'split' }) },
      ['target Unknown → status'],
    ],
    [
      'has nothing to move from a site that has none',
      { source: site({}), target: site({ db: 'replica' }) },
      ['source NotProtected → status', 'source NotProtected → status'],
    ],
    [
      'cannot demote what is being deleted',
      { source: site({ db: 'deleting' }), target: site({ db: 'replica' }) },
      ['source Terminating'],
    ],
    ['leaves a group alone', { source: { groups: known([vgr(['db'])]) } }, ['source GroupMember']],
  ])('%s', (_, sketch, expected) => {
    expect(judged({ verb: 'relocate', ...sketch })).toEqual(expected);
  });
});

describe('a failover', () => {
  test.each<[string, MoveSketch, string[]]>([
    ['begins without its source: a person is asked', { source: dark, target: site({ db: 'replica' }) }, []],
    ['begins for a claim that is yet to be restored', { source: dark, target: { claims: known([]) } }, []],
    [
      'begins for a claim that is not bound yet',
      { source: dark, target: { claims: known([{ ...pvc('db'), status: { phase: 'Pending' } }]) } },
      [],
    ],
    [
      'begins from a source that is demoted',
      { source: site({ db: 'demoted' }), target: site({ db: 'replica' }) },
      [],
    ],
    [
      'has nothing to force while the source answers, and is primary',
      { source: site({ db: 'primary' }), target: site({ db: 'replica' }) },
      ['source DR102 → relocate'],
    ],
    [
      'has an older copy to make anew while both sites are primary',
      { source: site({ db: 'primary' }), target: site({ db: 'primary' }) },
      ['source DR102 → failback'],
    ],
    ['does not begin without its target', { source: dark, target: dark }, ['target Unknown']],
    [
      'does not take up a target that is being deleted',
      { source: dark, target: site({ db: 'deleting' }) },
      ['target Terminating'],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(judged({ verb: 'failover', ...sketch })).toEqual(expected);
  });
});

describe('a failback', () => {
  test.each<[string, MoveSketch, string[]]>([
    ['begins with two primaries', { source: site({ db: 'primary' }), target: site({ db: 'primary' }) }, []],
    [
      'begins over an older copy',
      { source: site({ db: 'primary' }), target: { replications: known([marked]) } },
      [],
    ],
    [
      'begins though the replica fails: it is made anew',
      { source: site({ db: 'primary' }), target: site({ db: 'split' }) },
      [],
    ],
    [
      'does not begin without the site that took over',
      { source: dark, target: site({ db: 'primary' }) },
      ['source Unknown'],
    ],
    [
      'is a takeover where nothing is primary without that site',
      { source: dark, target: site({ db: 'replica' }) },
      ['source Unknown → failover'],
    ],
    [
      'waits for the site that it goes to',
      { source: site({ db: 'primary' }), target: dark },
      ['target Unknown'],
    ],
    [
      'has nothing to return from a site that has none',
      { source: site({}), target: site({ db: 'replica' }) },
      ['source NotProtected → status', 'source NotProtected → status'],
    ],
    [
      'a source that was only asked to be primary, while the target is: the request is withdrawn first',
      { source: site({ db: 'toBePromoted' }), target: site({ db: 'primary' }) },
      ['source DR102 → demote'],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(judged({ verb: 'failback', ...sketch })).toEqual(expected);
  });
});

test('a move that cannot be taken back, as where it came from is dark, takes over where it was going', () => {
  expect(judged({ verb: 'undo', source: site({ db: 'replica' }), target: dark })).toEqual([
    'target Unknown → failover',
  ]);
});

test('an undo needs no source that could be demoted', () => {
  expect(judged({ verb: 'undo', source: site({}), target: site({ db: 'demoted' }) })).toEqual([]);
});

test('one of two volumes holds both of them up', () => {
  const sketch: MoveSketch = {
    claims: ['db', 'web'],
    source: site({ db: 'primary', web: 'deleting' }),
    target: site({ db: 'replica', web: 'replica' }),
  };
  expect(judged(sketch)).toEqual(['source Terminating']);
});

describe('a workload that also mounts a claim that does not move', () => {
  const sourceRuns = [{ ...workloadOf(deployments, { replicas: 2 }), claims: ['db', 'cache'] }];
  const plain: MoveSketch = { source: site({ db: 'primary' }), target: site({ db: 'replica' }), sourceRuns };

  test.each<[string, MoveSketch, string[]]>([
    ['would not start where the target has none', {}, ['source NotProtected → protect']],
    [
      'starts where the target has one',
      { target: site({ db: 'replica' }, { claims: known([pvc('db'), pvc('cache')]) }) },
      [],
    ],
    [
      'need not start where it is at 0',
      { sourceRuns: [{ ...workloadOf(deployments, { replicas: 0 }), claims: ['db', 'cache'] }] },
      [],
    ],
    ['is only told of in a disaster: nobody can protect it any more', { verb: 'failover', source: dark }, []],
    [
      'does not hold up what has gone over',
      { source: site({ db: 'replica' }), target: site({ db: 'primary' }) },
      [],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(judged({ ...plain, ...sketch })).toEqual(expected);
  });
});

describe('a part of an application does not move without the rest', () => {
  const runs = [{ ...workloadOf(deployments, { replicas: 2 }), claims: ['db', 'wal'] }];
  const both = { claims: known([pvc('db'), pvc('wal')]), volumes: known([kept('pv-db'), kept('pv-wal')]) };
  const plain: MoveSketch = {
    source: site({ db: 'primary', wal: 'primary' }, both),
    target: site({ db: 'replica', wal: 'replica' }, both),
    sourceRuns: runs,
  };
  const refused = ['target LeftBehind → relocate'];
  const brings = {
    claims: new Set(['shop/db']),
    workloads: [
      { kind: 'Deployment', namespace: 'shop', name: 'web', claims: ['db'], mounts: ['db', 'wal'], size: 2 },
    ],
  };
  const disaster: MoveSketch = { ...plain, verb: 'failover', source: dark, sourceRuns: [] };

  test.each<[string, MoveSketch, string[]]>([
    ['that is a replica on the target, bound though it is', {}, refused],
    ['that is being made anew there', { target: site({ db: 'replica', wal: 'resyncing' }, both) }, refused],
    [
      'that is protected, and not on the target at all',
      { target: site({ db: 'replica' }, { claims: known([pvc('db')]), volumes: known([kept('pv-db')]) }) },
      ['source LeftBehind → relocate'],
    ],
    ['that nothing has made primary there', { target: site({ db: 'replica' }, both) }, refused],
    [
      'that nobody knows the role of',
      { target: site({ db: 'replica', wal: 'toBePromoted' }, both) },
      refused,
    ],
    ['that moves along', { claims: ['db', 'wal'] }, []],
    ['that is primary there already', { target: site({ db: 'replica', wal: 'primary' }, both) }, []],
    [
      'that nobody mirrors',
      { source: site({ db: 'primary' }, both), target: site({ db: 'replica' }, both) },
      [],
    ],
    ['that is somebody else’s care', { withWorkloads: false }, []],
    ['by a failback', { verb: 'failback' }, ['target LeftBehind → failback']],
    [
      'by a failover, as the target knows the workload',
      { ...disaster, targetRuns: [{ ...runs[0], size: 0, sizeBefore: 2 }] as Workload[] },
      ['target LeftBehind → failover'],
    ],
    [
      'by a failover, as the backup knows the workload',
      { ...disaster, brought: brings },
      ['target LeftBehind → failover'],
    ],
    [
      'of a failover, which both of them are named to',
      { ...disaster, brought: brings, claims: ['db', 'wal'] },
      [],
    ],
    ['by an undo, which brings back what there was', { verb: 'undo' }, []],
  ])('%s', (_, sketch, expected) => {
    expect(judged({ ...plain, ...sketch })).toEqual(expected);
  });

  test('and what moves all of it is named', () => {
    const [block] = judgeGroup(factsOf({ verb: 'relocate', ...plain }), groupOf(plain)).blocks;
    expect(block?.object.name).toBe('wal');
    expect(block?.obstacle.message).toMatch(
      /^Deployment shop\/web mounts it as well.*is secondary on west.*--no-workloads$/,
    );
    expect(block?.obstacle.next).toBe('kubectl dr relocate db wal --to west -n shop --context west');
  });

  test('and what a failover has to do without is told', () => {
    const claims = known([pvc('db')]);
    const lost = { ...disaster, target: site({ db: 'replica' }, { ...both, claims }), brought: brings };
    expect(judged(lost)).toEqual([]);
    expect(warned(lost)).toEqual([
      expect.stringMatching(/mounts claim shop\/wal as well, which is not on west/),
    ]);
  });
});

describe('what makes the promote impossible stands against the first step', () => {
  const plain: MoveSketch = { source: site({ db: 'primary' }), target: site({ db: 'replica' }) };
  const noClasses = { replicationClasses: known([]) };
  const brings = { replicationClasses: new Set(['every-5m']) };
  const fresh: MoveSketch = { ...plain, target: { claims: known([]), ...noClasses } };

  test.each<[string, MoveSketch, string[]]>([
    ['a class that the target has', {}, []],
    ['no class', { target: site({ db: 'replica' }, noClasses) }, ['target DR106']],
    ['no class, of a claim that is restored first', fresh, ['target DR106']],
    ['no class, that is brought', { ...fresh, brought: brings }, []],
    ['a class that was named, and is not there', { ...fresh, className: 'other' }, ['target DR106']],
    [
      'no kind of classes, whatever is brought',
      { ...fresh, brought: brings, isWithoutClasses: true },
      ['target DR106 → check'],
    ],
    [
      'a class of another driver',
      {
        target: site(
          { db: 'replica' },
          { replicationClasses: known([{ metadata: { name: 'every-5m' }, spec: { provisioner: 'other' } }]) },
        ),
      },
      ['target DR106'],
    ],
    [
      'a volume that would go with its claim',
      { target: site({ db: 'replica' }, { volumes: known([kept('pv-db', 'Delete'), kept('pv-web')]) }) },
      ['target DR114'],
    ],
    [
      'no class, of a volume that has gone over: it is there',
      { source: site({ db: 'replica' }), target: site({ db: 'primary' }, noClasses) },
      [],
    ],
    ['no class, while it is taken back: the other site has it', { verb: 'undo', ...fresh }, []],
  ])('%s', (_, sketch, expected) => {
    expect(judged({ ...plain, ...sketch })).toEqual(expected);
  });

  test('of a return and of a disaster as well', () => {
    expect(judged({ ...plain, verb: 'failback', target: site({ db: 'replica' }, noClasses) })).toEqual([
      'target DR106',
    ]);
    expect(judged({ verb: 'failover', source: dark, target: site({ db: 'replica' }, noClasses) })).toEqual([
      'target DR106',
    ]);
  });
});

describe('a person is warned', () => {
  const plain: MoveSketch = { source: site({ db: 'primary' }), target: site({ db: 'replica' }) };
  const web: Workload = workloadOf(deployments, { replicas: 2 });
  const targetRuns = [workloadOf(deployments, { replicas: 0 })];

  test.each<[MoveVerb, number]>([
    ['relocate', 1],
    ['failback', 1],
    ['failover', 0],
  ])('of who starts it again, where it is stopped: %s', (verb, count) => {
    const manager = {
      name: 'Argo CD Application shop',
      kind: 'gitops' as const,
      warning: 'starts it again',
      pause: undefined,
    };
    const sourceRuns = [{ ...web, managers: [manager] }];
    expect(warned({ ...plain, verb, sourceRuns, targetRuns })).toHaveLength(count);
  });
});

describe('that nothing will run the application is said before it is taken down', () => {
  const plain: MoveSketch = {
    source: site({ db: 'primary' }),
    target: site({ db: 'replica' }),
    sourceRuns: [workloadOf(deployments, { replicas: 2 })],
  };
  const brought = {
    workloads: [
      { kind: 'Deployment', namespace: 'shop', name: 'web', claims: ['db'], mounts: ['db'], size: 2 },
    ],
  };

  test.each<[string, MoveSketch, RegExp[]]>([
    ['where nothing brings it', {}, [/^Deployment shop\/web is not on west, and nothing brings it/]],
    ['not where it is brought', { brought }, []],
    ['not where the target has it', { targetRuns: [workloadOf(deployments, { replicas: 0 })] }, []],
    ['not where nobody wants it', { sourceRuns: [workloadOf(deployments, { replicas: 0 })] }, []],
    ['not once it has gone over', { source: site({ db: 'replica' }), target: site({ db: 'primary' }) }, []],
  ])('%s', (_, sketch, lines) => {
    expect(warned({ ...plain, ...sketch })).toEqual(lines.map((line) => expect.stringMatching(line)));
  });
});

describe('a person is asked whether to stop the application now', () => {
  const classes = { replicationClasses: known([vrc('every-5m', { schedulingInterval: '1m' })]) };
  const late: MoveSketch = {
    source: site({ db: 'followed' }, classes),
    target: site({ db: 'replica' }),
    sourceRuns: [workloadOf(deployments, { replicas: 2 })],
  };
  const doubted = (sketch: MoveSketch): readonly string[] =>
    judgeGroup(factsOf(sketch), groupOf(sketch)).doubts.map(({ code, message }) => `${code}: ${message}`);

  test.each<[string, MoveSketch, string[]]>([
    [
      'while the last sync is later than two intervals',
      late,
      [
        'DR303: claim shop/db: the last sync was 5m ago, 5.0 intervals: the application would be down until west has what is missing; see to the link first',
      ],
    ],
    [
      'while no sync has been complete for as long',
      { ...late, source: site({ db: 'primary' }, classes) },
      [
        'DR303: claim shop/db: no sync has been complete since it became primary 60m ago: the application would be down until west has what is missing; see to the link first',
      ],
    ],
    [
      'counting those that are late',
      {
        ...late,
        claims: ['db', 'web'],
        source: site({ db: 'followed', web: 'primary' }, classes),
      },
      [
        'DR303: claim shop/web: no sync has been complete since it became primary 60m ago (and 1 more are late): the application would be down until west has what is missing; see to the link first',
      ],
    ],
    ['not in time', { ...late, source: site({ db: 'followed' }) }, []],
    ['not where nothing runs', { ...late, sourceRuns: [] }, []],
    ['not once it is stopped', { ...late, sourceRuns: [workloadOf(deployments, { replicas: 0 })] }, []],
    [
      'where nobody knows whether anything runs',
      { ...late, sourceRuns: 'forbidden' },
      [expect.stringContaining('DR303: claim shop/db')],
    ],
    ['not once it is demoted', { ...late, source: site({ db: 'demoted' }, classes) }, []],
    ['not in a disaster', { ...late, verb: 'failover' }, []],
    ['not before a return: it waits for a sync first', { ...late, verb: 'failback' }, []],
  ])('%s', (_, sketch, expected) => {
    expect(doubted(sketch)).toEqual(expected);
  });
});

test('a failover tells what it waits for where the source is demoted', () => {
  const demoted: MoveSketch = {
    verb: 'failover',
    source: site({ db: 'demoted' }),
    target: site({ db: 'replica' }),
  };
  expect(warned(demoted)).toEqual([
    expect.stringMatching(/its last snapshot .*--accept-data-loss=unknown.*undo/),
  ]);
  expect(warned({ ...demoted, accepts: ['force-promote'] })).toEqual([]);
  expect(warned({ ...demoted, source: dark })).toEqual([]);
});

describe('before one of two primaries is thrown away, what speaks for which is told', () => {
  const both: MoveSketch = {
    verb: 'failback',
    source: site({ db: 'followed' }),
    target: site({ db: 'primary' }),
  };
  const promotedAt = (minutes: number) => ({
    replications: known([vr({ claim: 'db', asked: minutes })]),
  });

  test.each<[string, MoveSketch, RegExp[]]>([
    [
      'with who is on record as the older one',
      { ...both, isToldStale: true },
      [
        /^claim shop\/db: east was asked to be primary at .*Z, last sync .*Z; west was asked to be primary at .*Z, no sync of it is known: the copy on west is taken for the older one, as the record, or the command, says$/,
      ],
    ],
    [
      'with the times alone where nothing is',
      { ...both, source: promotedAt(5), target: promotedAt(60) },
      [/the copy on west is taken for the older one, with nothing on record$/],
    ],
    [
      'and that the other one may be newer',
      { ...both, source: promotedAt(60), target: promotedAt(5) },
      [/the copy on west .*, though it was asked later, and nothing is on record: it may be the newer one$/],
    ],
    ['not where one is demoted', { ...both, target: site({ db: 'replica' }) }, []],
    ['not by a failover', { ...both, verb: 'failover' }, []],
  ])('%s', (_, sketch, expected) => {
    expect(warned(sketch)).toEqual(expected.map((line) => expect.stringMatching(line)));
  });
});

describe('a StatefulSet that deletes its claims when it is scaled down', () => {
  const statefulSet = (policy: object | undefined, name = 'data'): Workload => {
    const spec = {
      replicas: 1,
      persistentVolumeClaimRetentionPolicy: policy,
      volumeClaimTemplates: [{ metadata: { name } }],
    };
    return { ...workloadOf(statefulSets, spec), claims: ['data-web-0'] };
  };
  const moving: MoveSketch = {
    claims: ['data-web-0'],
    source: { ...site({ 'data-web-0': 'followed' }), claims: known([pvc('data-web-0')]) },
    target: { claims: known([]), volumes: known([]) },
  };
  const deleting = statefulSet({ whenScaled: 'Delete' });

  test.each<[string, MoveSketch, string[]]>([
    ['stands against a relocate', { sourceRuns: [deleting] }, ['source DR429']],
    [
      'stands against a return, on both sites',
      { verb: 'failback', sourceRuns: [deleting], targetRuns: [deleting] },
      ['target DR429', 'source DR429'],
    ],
    [
      'does not stand against a failover, which stops nothing',
      { verb: 'failover', source: dark, sourceRuns: [deleting], targetRuns: [deleting] },
      [],
    ],
    ['is let be where it is at 0 already', { sourceRuns: [{ ...deleting, size: 0 }] }, []],
    [
      'is let be where it keeps them',
      { sourceRuns: [statefulSet({ whenScaled: 'Retain', whenDeleted: 'Delete' })] },
      [],
    ],
    ['is let be where it does not say', { sourceRuns: [statefulSet(undefined)] }, []],
    [
      'is let be where it did not make the claim',
      { sourceRuns: [statefulSet({ whenScaled: 'Delete' }, 'logs')] },
      [],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(judged({ ...moving, ...sketch }).filter((text) => text.endsWith('DR429'))).toEqual(expected);
  });

  test('is refused with the patch that has it keep them', () => {
    const facts = factsOf({ ...moving, sourceRuns: [deleting] });
    const { blocks } = judgeGroup(facts, groupOf(moving));
    expect(blocks[0]?.obstacle.next).toBe(
      `kubectl --context east -n shop patch statefulset web --type=merge -p '{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Retain"}}}'`,
    );
  });

  test('is not stopped by the step either, whoever changed it meanwhile', () => {
    const [stop] = planGroup(factsOf({ ...moving, sourceRuns: [deleting] }), groupOf(moving)).filter(
      ({ kind }) => kind.name === 'Stop',
    );
    const look = stop?.kind.look(
      lookAtGroup(factsOf({ ...moving, sourceRuns: [deleting] }), groupOf(moving)),
    );
    expect(look).toMatchObject({ writes: [], blocks: [{ obstacle: { code: 'DR429' } }] });
  });
});

describe('a replication that somebody else sets back', () => {
  const owned = {
    ...standing('followed'),
    metadata: {
      ...standing('followed').metadata,
      ...ownedBy('ramendr.openshift.io/v1alpha1', 'VolumeReplicationGroup', 'busybox'),
    },
  };

  test('is told of before the move, and stands against nothing', () => {
    const sketch: MoveSketch = { source: { replications: known([owned]) }, target: site({ db: 'replica' }) };
    expect(judged(sketch)).toEqual([]);
    expect(warned(sketch)).toContainEqual(
      expect.stringMatching(
        /^VolumeReplication shop\/db-vr of east: VolumeReplicationGroup shop\/busybox owns it/,
      ),
    );
  });
});
