import { describe, expect, test } from 'vitest';
import { known } from '../../../../core/model/reading.ts';
import { awaitReverse } from '../../../../core/plan/steps/await-reverse.ts';
import { catchUp } from '../../../../core/plan/steps/catch-up.ts';
import { dark, vrc } from '../../step/pair.ts';
import { linesBy, lookBy, type MoveSketch } from '../moves.ts';
import { site } from '../volumes.ts';

const waitsForFirst =
  'wait source PersistentVolumeClaim db: waits until west has followed east since its promote (sent every 5m)';
const cannotTell = 'block source PersistentVolumeClaim db: DR113, unless lose-since-promote is accepted';
const classOf = (parameters: Record<string, string>) => ({
  replicationClasses: known([vrc('every-5m', parameters)]),
});

describe('catching up before a planned move', () => {
  const replica = { target: site({ db: 'replica' }) };

  test.each<[string, MoveSketch, string[]]>([
    [
      'is over once a sync is younger than the promotion',
      { source: site({ db: 'followed' }), ...replica },
      [],
    ],
    [
      'waits for the first sync since the promotion',
      { source: site({ db: 'primary' }), ...replica },
      [waitsForFirst],
    ],
    [
      'names no interval where the class has none',
      { source: site({ db: 'primary' }, classOf({})), ...replica },
      [waitsForFirst.replace(/ \(sent .*/, '')],
    ],
    [
      'is over where dr-controller says so, whatever times tell',
      { source: site({ db: 'toldFollowed' }), ...replica },
      [],
    ],
    [
      'waits where dr-controller says that nobody followed, whatever times tell',
      { source: site({ db: 'toldUnfollowed' }), ...replica },
      [waitsForFirst],
    ],
    [
      'asks a person where dr-controller cannot tell: waiting might never end',
      { source: site({ db: 'toldUnknown' }), ...replica },
      [cannotTell],
    ],
    [
      'asks a person in journal mode, where a driver tells of no sync',
      { source: site({ db: 'followed' }, classOf({ mirroringMode: 'journal' })), ...replica },
      [cannotTell],
    ],
    [
      'passes what a person accepted because nobody can tell',
      { source: site({ db: 'toldUnknown' }), ...replica, accepts: ['lose-since-promote'] },
      [],
    ],
    [
      'passes what a person accepted because it is not to be waited for',
      { source: site({ db: 'primary' }), ...replica, accepts: ['lose-since-promote'] },
      [],
    ],
    [
      'is not passed by another loss that was accepted',
      { source: site({ db: 'primary' }), ...replica, accepts: ['force-promote', 'resync'] },
      [waitsForFirst],
    ],
    [
      'does not look at what the replica reads: one that was equal when it stepped down shows nothing since',
      { source: site({ db: 'followed' }), target: site({ db: 'inSync' }) },
      [],
    ],
    [
      'waits for each volume by itself',
      {
        claims: ['db', 'web'],
        source: site({ db: 'followed', web: 'primary' }),
        target: site({ db: 'replica', web: 'replica' }),
      },
      [waitsForFirst.replace('db:', 'web:')],
    ],
    ['is over for a volume that has gone over', { source: site({}), target: site({ db: 'primary' }) }, []],
    [
      'waits while the source cannot be read, whatever was accepted',
      { source: dark, ...replica, accepts: ['lose-since-promote'] },
      [`wait source PersistentVolumeClaim db: east cannot be read: ${dark} (unknown)`],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(catchUp, { verb: 'relocate', ...sketch })).toEqual(expected);
  });

  test('says to the person what can be lost, and why nobody can tell', () => {
    const [block] = lookBy(catchUp, { source: site({ db: 'toldUnknown' }), ...replica }).blocks;
    expect(block).toMatchObject({
      isRule: true,
      obstacle: { message: expect.stringContaining('nobody saw the promote') },
      need: {
        consent: {
          accepts: ['lose-since-promote'],
          loses: 'what was written on east since it became primary, as far as west does not have it',
          loss: { known: false, why: 'nobody saw the promote' },
        },
      },
    });
  });
});

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
      [waitsForFirst],
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
  test.each<[string, MoveSketch, string[]]>([
    ['is there with the first sync of the new primary', { target: site({ db: 'followed' }) }, []],
    [
      'is waited for',
      { target: site({ db: 'primary' }) },
      ['wait target PersistentVolumeClaim db: waits for the first sync from west'],
    ],
    [
      'is not waited for, but told of, where its class has no schedule',
      { target: site({ db: 'primary' }, classOf({})) },
      ['remark DR301: the class of west has no schedulingInterval: nothing is sent back by itself'],
    ],
    [
      'is not waited for, but told of, where nobody can tell',
      { target: site({ db: 'toldUnknown' }) },
      ['remark whether it is mirrored back cannot be told: nobody saw the promote'],
    ],
    ['is nothing that anybody can see of a site that cannot be read', { target: dark }, []],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(awaitReverse, sketch)).toEqual(expected);
  });
});
