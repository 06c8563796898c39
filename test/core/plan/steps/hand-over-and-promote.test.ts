import { describe, expect, test } from 'vitest';
import { known } from '../../../../core/model/reading.ts';
import {
  isAskedForPrimary,
  isPromoteInVain,
  isPromoteRefusedEverywhere,
} from '../../../../core/plan/asked-for-primary.ts';
import { handOver } from '../../../../core/plan/steps/hand-over.ts';
import { promoteVolumes } from '../../../../core/plan/steps/promote-volumes.ts';
import { withdrawWishes } from '../../../../core/plan/steps/withdraw-wishes.ts';
import { pvc } from '../../status/objects.ts';
import { dark, vrc } from '../../step/pair.ts';
import { factsOf, groupOf, linesBy, lookBy, type MoveSketch } from '../moves.ts';
import { type Standing, site, standing } from '../volumes.ts';

describe('the hand-over', () => {
  test.each<[string, MoveSketch, string[]]>([
    ['is over once both copies are demoted and equal', { source: site({ db: 'inSync' }) }, []],
    [
      'waits for the last snapshot',
      { source: site({ db: 'replica' }) },
      ['wait source PersistentVolumeClaim db: east is demoted: waiting until its last snapshot has arrived'],
    ],
    [
      'waits for a source that resyncs itself',
      { source: site({ db: 'following' }) },
      ["wait source PersistentVolumeClaim db: waiting for east: its copy is being replaced by the primary's"],
    ],
    [
      'cannot be seen any more where the VolumeReplication was deleted',
      { source: site({}) },
      [
        'wait source PersistentVolumeClaim db: the VolumeReplication on east is gone: nobody can tell whether its last snapshot has arrived',
      ],
    ],
    [
      'waits while the source cannot be read',
      { source: dark },
      [`wait source PersistentVolumeClaim db: east cannot be read: ${dark} (unknown)`],
    ],
    [
      'is not waited for where a person said so',
      { source: site({ db: 'replica' }), accepts: ['force-promote'] },
      [],
    ],
    ['is over for a volume that has gone over', { source: site({}), target: site({ db: 'primary' }) }, []],
  ])('of a relocate %s', (_, sketch, expected) => {
    expect(linesBy(handOver, sketch)).toEqual(expected);
  });

  test.each<[string, MoveSketch, string[]]>([
    ['is not waited for where the source is lost', { source: dark }, []],
    ['is not waited for where the source is primary', { source: site({ db: 'primary' }) }, []],
    ['is not waited for where nothing is replicated on the source', { source: site({}) }, []],
    [
      'is waited for where the source was demoted already',
      { source: site({ db: 'replica' }) },
      ['wait source PersistentVolumeClaim db: east is demoted: waiting until its last snapshot has arrived'],
    ],
    [
      'is not waited for any more once the target is primary, whatever the source asks for',
      { source: site({ db: 'toBePromoted' }), target: site({ db: 'primary' }) },
      [],
    ],
  ])('of a failover %s', (_, sketch, expected) => {
    expect(linesBy(handOver, { verb: 'failover', ...sketch })).toEqual(expected);
  });
});

describe('the promote', () => {
  test.each<[string, MoveSketch, string[]]>([
    [
      'makes a VolumeReplication where the target has none',
      { source: site({ db: 'inSync' }) },
      ['write target PersistentVolumeClaim db: promote'],
    ],
    [
      'asks a replica to become primary',
      { source: site({ db: 'inSync' }), target: site({ db: 'replica' }) },
      ['write target PersistentVolumeClaim db: promote'],
    ],
    [
      'waits until the last snapshot has arrived',
      { source: site({ db: 'replica' }), target: site({ db: 'replica' }) },
      [
        'wait target PersistentVolumeClaim db: east is demoted, and does not show yet that its last snapshot has arrived',
      ],
    ],
    [
      'is refused while the source is primary, and consent does not help',
      { source: site({ db: 'primary' }), target: site({ db: 'replica' }), accepts: ['force-promote'] },
      ['block target PersistentVolumeClaim db: DR102'],
    ],
    [
      'needs a person where the source cannot be read',
      { verb: 'failover', source: dark, target: site({ db: 'replica' }) },
      ['block target PersistentVolumeClaim db: DR102, unless force-promote is accepted'],
    ],
    [
      'is forced where a person accepted it',
      { verb: 'failover', source: dark, target: site({ db: 'replica' }), accepts: ['force-promote'] },
      ['write target PersistentVolumeClaim db: promote with consent'],
    ],
    [
      'waits for a controller that was asked with a consent, and has not answered',
      { verb: 'failover', source: dark, target: site({ db: 'toBePromoted' }), accepts: ['force-promote'] },
      [
        'wait target PersistentVolumeClaim db: waiting for the controller: asked to become primary, the controller has not acted on it yet',
      ],
    ],
    [
      'waits a moment for a driver that does not find the volume',
      { source: site({ db: 'inSync' }), target: site({ db: 'notFoundYet' }) },
      [expect.stringContaining('wait target PersistentVolumeClaim db: promote fails, and is tried again')],
    ],
    [
      'ends where the driver does not find it for longer',
      { source: site({ db: 'inSync' }), target: site({ db: 'notFound' }) },
      ['block target PersistentVolumeClaim db: DR427'],
    ],
    ['is over once it is seen', { source: site({ db: 'inSync' }), target: site({ db: 'primary' }) }, []],
    [
      'is refused for a claim that is not bound',
      {
        source: site({ db: 'inSync' }),
        target: { claims: known([{ ...pvc('db'), status: { phase: 'Pending' } }]) },
      },
      ['block target PersistentVolumeClaim db: NotBound'],
    ],
    [
      'is refused for a claim that is missing',
      { source: site({ db: 'inSync' }), target: { claims: known([]) } },
      ['block target PersistentVolumeClaim db: NotFound'],
    ],
    [
      'does not choose between several classes that fit',
      {
        source: site({}),
        target: site({}, { replicationClasses: known([vrc('a', {}), vrc('b', {})]) }),
      },
      ['block target PersistentVolumeClaim db: Ambiguous'],
    ],
    [
      'waits while the target cannot be read',
      { target: dark },
      [`wait target PersistentVolumeClaim db: west cannot be read: ${dark} (unknown)`],
    ],
    [
      'waits while the source of a planned move cannot be read, also of one that was asked already',
      { source: dark, target: site({ db: 'toBePromoted' }), accepts: ['force-promote'] },
      [`wait source PersistentVolumeClaim db: east cannot be read: ${dark} (unknown)`],
    ],
    [
      'that takes a move back does not wait for a snapshot of a side that was never primary',
      { verb: 'undo', source: site({ db: 'replica' }), target: site({ db: 'demoted' }) },
      ['write target PersistentVolumeClaim db: promote'],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(promoteVolumes, sketch)).toEqual(expected);
  });

  test('takes every mark off: this copy is the one that counts now', () => {
    const replica = standing('replica', 'db', { 'kubectl-dr.dev/resynced-from': 'east/db-uid' });
    const sketch = { source: site({ db: 'inSync' }), target: { replications: known([replica]) } };
    expect(lookBy(promoteVolumes, sketch).writes).toMatchObject([
      {
        writes: [
          {
            replicationState: 'primary',
            annotations: {
              'kubectl-dr.dev/stale-against': undefined,
              'kubectl-dr.dev/resynced-from': undefined,
            },
          },
        ],
      },
    ]);
  });
});

test.each<[string, Partial<MoveSketch>, string]>([
  ['leads back', {}, 'kubectl dr undo -n shop --context west'],
  [
    'ends the protection there in a disaster',
    { verb: 'failover' },
    'kubectl dr unprotect db -n shop --context west',
  ],
])('a promote whose volume is not found names the mapping, and %s', (_, sketch, next) => {
  const { blocks } = lookBy(promoteVolumes, {
    source: site({ db: 'inSync' }),
    target: site({ db: 'notFound' }),
    ...sketch,
  });
  expect(blocks[0]?.obstacle).toMatchObject({
    message: expect.stringContaining('--map-volume-handle'),
    next,
  });
});

describe('what is taken back', () => {
  const back = (target: Standing, more: Partial<MoveSketch> = {}): string[] =>
    linesBy(withdrawWishes, {
      verb: 'undo',
      source: site({ db: target }),
      target: site({ db: 'inSync' }),
      ...more,
    });

  test.each<[Standing, string[]]>([
    ['notFound', ['write source PersistentVolumeClaim db: demote']],
    ['promoteRefused', ['write source PersistentVolumeClaim db: demote']],
    [
      'toBeDemoted',
      [expect.stringContaining('wait source PersistentVolumeClaim db: waiting for the controller')],
    ],
    ['replicaNotFound', []],
    ['replica', []],
    // These may have been promoted: the rules stand against the promote that follows.
    ['primary', []],
    ['toBePromoted', []],
  ])('is no longer asked to become primary: %s', (stands, expected) => {
    expect(back(stands)).toEqual(expected);
  });

  test('leaves a side alone that has nothing, or cannot be read', () => {
    expect([back('primary', { source: site({}) }), back('primary', { source: dark })]).toEqual([[], []]);
  });
});

describe('a promote that was asked for', () => {
  const asked = (stands: Standing) => {
    const sketch: MoveSketch = { target: site({ db: stands }) };
    const facts = factsOf(sketch);
    const groups = [groupOf(sketch)];
    return [
      isAskedForPrimary(facts, groups),
      isPromoteRefusedEverywhere(facts, groups),
      isPromoteInVain(facts, groups),
    ];
  };

  test.each<[Standing, boolean, boolean, boolean]>([
    ['primary', true, false, false],
    ['toBePromoted', true, false, false],
    ['promoteRefused', false, true, false],
    ['notFound', false, true, true],
    ['replica', false, false, false],
    ['replicaNotFound', false, false, false],
  ])('of one that is %s may have been made: %s, was refused: %s, in vain: %s', (stands, ...expected) => {
    expect(asked(stands)).toEqual(expected);
  });
});
