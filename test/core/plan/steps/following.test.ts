import { describe, expect, test } from 'vitest';
import { known } from '../../../../core/model/reading.ts';
import { awaitReverse } from '../../../../core/plan/steps/await-reverse.ts';
import { catchUp } from '../../../../core/plan/steps/catch-up.ts';
import { dark, vrc } from '../../step/pair.ts';
import { linesBy, type MoveSketch } from '../moves.ts';
import { site } from '../volumes.ts';

describe('catching up before a return', () => {
  test.each<[string, MoveSketch, string[]]>([
    [
      'is over once a sync is younger than the promotion, and the replica follows',
      { source: site({ db: 'followed' }), target: site({ db: 'replica' }) },
      [],
    ],
    [
      'waits for the first sync since the promotion',
      { source: site({ db: 'primary' }), target: site({ db: 'replica' }) },
      ['wait source PersistentVolumeClaim db: waits until east tells of a sync since it became primary'],
    ],
    [
      'waits for a replica that fails, whatever sync of before the primary still tells of',
      { source: site({ db: 'followed' }), target: site({ db: 'split' }) },
      ['wait target PersistentVolumeClaim db: waits until west follows: no last sync'],
    ],
    [
      'waits for a replica that has only just been demoted',
      { source: site({ db: 'followed' }), target: site({ db: 'demoted' }) },
      ['wait target PersistentVolumeClaim db: waits until west follows: demoted'],
    ],
    [
      'has nobody to ask where the target has no VolumeReplication yet',
      { source: site({ db: 'followed' }), target: site({}) },
      [],
    ],
    [
      'is over for a source that is demoted',
      { source: site({ db: 'demoted' }), target: site({ db: 'replica' }) },
      [],
    ],
    [
      'is over for a source that was asked to be demoted: that is what it is waited for, and it sends nothing any more',
      { source: site({ db: 'toBeDemoted' }), target: site({ db: 'replica' }) },
      [],
    ],
    [
      'waits while the source cannot be read',
      { source: dark, target: site({ db: 'replica' }) },
      [`wait source PersistentVolumeClaim db: east cannot be read: ${dark} (unknown)`],
    ],
    [
      'waits while the target cannot be read',
      { source: site({ db: 'followed' }), target: dark },
      [`wait target PersistentVolumeClaim db: west cannot be read: ${dark} (unknown)`],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(catchUp, { verb: 'failback', ...sketch })).toEqual(expected);
  });
});

describe('mirroring back', () => {
  const classes = (parameters: Record<string, string>) => ({
    replicationClasses: known([vrc('every-5m', parameters)]),
  });

  test.each<[string, MoveSketch, string[]]>([
    ['is there with the first sync of the new primary', { target: site({ db: 'followed' }) }, []],
    [
      'is waited for',
      { target: site({ db: 'primary' }) },
      ['wait target PersistentVolumeClaim db: waits for the first sync from west'],
    ],
    [
      'is not waited for, but told of, where its class has no schedule',
      { target: site({ db: 'primary' }, classes({})) },
      ['remark DR301: the class of west has no schedulingInterval: nothing is sent back by itself'],
    ],
    ['is nothing that anybody can see of a site that cannot be read', { target: dark }, []],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(awaitReverse, sketch)).toEqual(expected);
  });
});
