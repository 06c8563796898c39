import { describe, expect, test } from 'vitest';
import { known, unknown } from '../../../../core/model/reading.ts';
import { demoteVolumes } from '../../../../core/plan/steps/demote-volumes.ts';
import { releaseVolumes } from '../../../../core/plan/steps/release-volumes.ts';
import { dark, now, vgr } from '../../step/pair.ts';
import { linesBy, lookBy, type MoveSketch } from '../moves.ts';
import { attached, podOn, site, standing } from '../volumes.ts';

const pods = (...names: string[]) => known(names.map((name) => podOn('db', name)));

describe('letting go of the volumes', () => {
  test.each<[string, MoveSketch, string[]]>([
    ['is over where nothing uses them', { source: site({ db: 'primary' }) }, []],
    [
      'waits for a pod to end',
      { source: site({ db: 'primary' }, { pods: pods('web-0') }) },
      ['wait source PersistentVolumeClaim db: waits for pod web-0 to end'],
    ],
    [
      'names three pods, and counts the others',
      { source: site({ db: 'primary' }, { pods: pods('a', 'b', 'c', 'd', 'e') }) },
      ['wait source PersistentVolumeClaim db: waits for pods a, b, c and 2 more to end'],
    ],
    [
      'does not wait for a pod that has ended',
      { source: site({ db: 'primary' }, { pods: known([podOn('db', 'web-0', 'Succeeded')]) }) },
      [],
    ],
    [
      'waits for the attachment, too, whatever replica counts say',
      { source: site({ db: 'primary' }, { pods: pods('web-0'), attachments: known([attached('db')]) }) },
      [
        'wait source PersistentVolumeClaim db: waits for pod web-0 to end',
        'wait source PersistentVolumeClaim db: waits for its attachment to node-1 to go',
      ],
    ],
    [
      'waits while pods cannot be listed',
      { source: site({ db: 'primary' }, { pods: unknown('pods of east cannot be read: forbidden') }) },
      ['wait source PersistentVolumeClaim db: pods of east cannot be read: forbidden (unknown)'],
    ],
    [
      'waits while the site cannot be read',
      { source: dark },
      [`wait source PersistentVolumeClaim db: east cannot be read: ${dark} (unknown)`],
    ],
    [
      'is over for a volume that has gone over',
      {
        source: site({ db: 'replica' }, { pods: pods('web-0') }),
        target: site({ db: 'primary' }),
      },
      [],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(releaseVolumes('source'), sketch)).toEqual(expected);
  });
});

describe('demoting the source', () => {
  test.each<[string, MoveSketch, string[]]>([
    [
      'asks for secondary',
      { source: site({ db: 'followed' }) },
      ['write source PersistentVolumeClaim db: demote'],
    ],
    [
      'is refused by the rule where the target has not followed since the promote',
      { source: site({ db: 'primary' }) },
      ['block source PersistentVolumeClaim db: DR113, unless lose-since-promote is accepted'],
    ],
    [
      'goes on with what was accepted where the target has not followed',
      { source: site({ db: 'primary' }), accepts: ['lose-since-promote'] },
      ['write source PersistentVolumeClaim db: demote with consent'],
    ],
    [
      'is refused by the rule where something uses the volume again',
      { source: site({ db: 'followed' }, { pods: pods('web-0') }) },
      ['block source PersistentVolumeClaim db: DR109'],
    ],
    [
      'waits until the controller has seen it',
      { source: site({ db: 'toBeDemoted' }) },
      [
        'wait source PersistentVolumeClaim db: waiting for the controller: asked to become secondary, the controller has not acted on it yet',
      ],
    ],
    [
      'waits while the driver refuses',
      { source: site({ db: 'demoteFails' }) },
      ['wait source PersistentVolumeClaim db: demote fails, and is tried again: in use'],
    ],
    ['is over once it is seen', { source: site({ db: 'demoted' }) }, []],
    ['is over where what fails is the look at the other side', { source: site({ db: 'split' }) }, []],
    [
      'leaves a source that is to resync itself as it is: it is demoted',
      { source: site({ db: 'following' }) },
      [
        "wait source PersistentVolumeClaim db: becoming secondary: its copy is being replaced by the primary's",
      ],
    ],
    [
      'has nothing to demote without a VolumeReplication',
      { source: site({}) },
      ['block source PersistentVolumeClaim db: NotProtected'],
    ],
    [
      'does not take up one that is being deleted',
      { source: site({ db: 'deleting' }) },
      ['block source PersistentVolumeClaim db: Terminating'],
    ],
    [
      'leaves a claim of a group to its group',
      { source: { groups: known([vgr(['db'])]) } },
      ['block source PersistentVolumeClaim db: GroupMember'],
    ],
    [
      'waits while the site cannot be read',
      { source: dark },
      [`wait source PersistentVolumeClaim db: east cannot be read: ${dark} (unknown)`],
    ],
    ['is over for a volume that has gone over', { source: site({}), target: site({ db: 'primary' }) }, []],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(demoteVolumes('source'), sketch)).toEqual(expected);
  });

  test.each<[string, MoveSketch, string]>([
    ['had followed', { source: site({ db: 'followed' }) }, 'yes'],
    ['had not followed', { source: site({ db: 'primary' }), accepts: ['lose-since-promote'] }, 'no'],
  ])('writes down with the demotion that the target %s', (_, sketch, followed) => {
    const [write] = lookBy(demoteVolumes('source'), sketch).writes;
    expect(write).toMatchObject({ writes: [{ kind: 'ask', demotion: { followed, at: now } }] });
  });

  test('never resyncs by itself, and leaves no mark of an older copy', () => {
    const [write] = lookBy(demoteVolumes('source'), { source: site({ db: 'followed' }) }).writes;
    expect(write).toMatchObject({ writes: [{ kind: 'ask', replicationState: 'secondary' }] });
    expect(write).not.toHaveProperty('writes.0.annotations');
  });
});

describe('demoting the older copy of a site that came back', () => {
  const back: MoveSketch = { verb: 'failback', source: site({ db: 'followed' }) };

  test.each<[string, MoveSketch, string[]]>([
    [
      'asks for secondary beside the good copy, though nobody has followed it: it is kept until it is resynced',
      { target: site({ db: 'primary' }) },
      ['write target PersistentVolumeClaim db: demote'],
    ],
    [
      'uses up no consent by that, which the resync needs',
      { target: site({ db: 'primary' }), accepts: ['resync'] },
      ['write target PersistentVolumeClaim db: demote'],
    ],
    [
      'asks for secondary where the other site had followed it',
      { target: site({ db: 'followed' }) },
      ['write target PersistentVolumeClaim db: demote'],
    ],
    ['leaves a replica alone', { target: site({ db: 'replica' }) }, []],
    ['leaves a claim alone that has nothing yet', { target: site({}) }, []],
    ['leaves a copy alone that is being made anew', { target: site({ db: 'resyncing' }) }, []],
    [
      'waits for a demotion that somebody else asked for',
      { target: site({ db: 'toBeDemoted' }) },
      [
        'wait target PersistentVolumeClaim db: waiting for the controller: asked to become secondary, the controller has not acted on it yet',
      ],
    ],
    [
      'waits while the site cannot be read',
      { target: dark },
      [`wait target PersistentVolumeClaim db: west cannot be read: ${dark} (unknown)`],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(demoteVolumes('target'), { ...back, ...sketch })).toEqual(expected);
  });

  test('writes down with the demotion which primary it is older than', () => {
    const remade = standing('primary', 'db', { 'kubectl-dr.dev/resynced-from': 'east/another' });
    const sketch: MoveSketch = { ...back, target: { replications: known([remade]) }, accepts: ['resync'] };
    expect(lookBy(demoteVolumes('target'), sketch).writes).toMatchObject([
      {
        writes: [
          {
            annotations: {
              'kubectl-dr.dev/stale-against': 'east/db-uid',
              'kubectl-dr.dev/resynced-from': undefined,
            },
          },
        ],
      },
    ]);
  });
});
