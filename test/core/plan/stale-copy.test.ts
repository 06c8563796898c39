import { describe, expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import type { VolumeReplication } from '../../../core/model/volume-replication.ts';
import { isSaidStale, isStale } from '../../../core/plan/stale-copy.ts';
import { dark, vr } from '../step/pair.ts';
import { groupNow, type MoveSketch } from './moves.ts';

const secondary = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] } as const;

const annotated = (
  replication: VolumeReplication,
  annotations: Record<string, string>,
): VolumeReplication => ({
  ...replication,
  metadata: { ...replication.metadata, annotations },
});

/** Promoted an hour ago; the last sync is so many minutes old. */
const primary = (synced: number | undefined) => ({
  replications: known([vr({ asked: 60, synced })]),
});
const copy = (annotations: Record<string, string> = {}) => ({
  replications: known([annotated(vr(secondary), annotations)]),
});
/** Demoted ten minutes ago, unless said otherwise. */
const left = (followed: 'yes' | 'no', minutes = 10) => ({
  replications: known([vr({ ...secondary, asked: minutes, left: [followed, minutes] })]),
});
const marked = { 'kubectl-dr.dev/stale-against': 'east/db-uid' };
const remade = { 'kubectl-dr.dev/resynced-from': 'east/db-uid' };
const remadeFromAnother = { 'kubectl-dr.dev/resynced-from': 'east/older-uid' };

describe('a copy', () => {
  const stale = (sketch: MoveSketch): { said: boolean; is: boolean } => {
    const now = groupNow({ verb: 'failback', ...sketch });
    const [volume] = now.volumes;
    if (volume === undefined) throw new Error('no volume');
    return { said: isSaidStale(volume, now), is: isStale(volume, now) };
  };

  test.each<[string, MoveSketch, { said: boolean; is: boolean }]>([
    [
      'with nothing said of it is none',
      { source: primary(undefined), target: copy() },
      { said: false, is: false },
    ],
    ['with a mark is older', { source: primary(undefined), target: copy(marked) }, { said: true, is: true }],
    [
      'that a record tells of is older',
      { source: primary(undefined), target: copy(), isToldStale: true },
      { said: true, is: true },
    ],
    [
      'that was demoted before anybody had followed it is older',
      { source: primary(20), target: left('no') },
      { said: true, is: true },
    ],
    [
      'that was demoted so, and follows again, is none',
      { source: primary(5), target: left('no') },
      { said: false, is: false },
    ],
    [
      'that was demoted after it had been followed is none',
      { source: primary(20), target: left('yes') },
      { said: false, is: false },
    ],
    [
      'that was demoted so before the source was is older, though nothing is primary any more',
      { source: left('yes', 5), target: left('no') },
      { said: true, is: true },
    ],
    [
      'that was demoted so after the source was is the one that counts',
      { source: left('yes', 20), target: left('no') },
      { said: false, is: false },
    ],
    [
      'that was made anew from this very primary is none, whatever a record tells',
      { source: primary(undefined), target: copy(remade), isToldStale: true },
      { said: false, is: false },
    ],
    [
      'that was made anew from an earlier primary is older',
      { source: primary(undefined), target: copy(remadeFromAnother), isToldStale: true },
      { said: true, is: true },
    ],
    [
      'that follows the primary need not be made anew, but is still said to be older',
      { source: primary(5), target: copy(marked), isToldStale: true },
      { said: true, is: false },
    ],
    [
      'is older where what the primary tells of was synced before its promotion',
      { source: primary(70), target: copy(marked), isToldStale: true },
      { said: true, is: true },
    ],
    [
      'is older again once the primary that it followed is demoted, unless that was written down',
      { source: { replications: known([vr(secondary)]) }, target: copy(), isToldStale: true },
      { said: true, is: true },
    ],
    [
      'of a site without a replication has nothing that could be made anew',
      { source: primary(undefined), target: {}, isToldStale: true },
      { said: false, is: false },
    ],
    [
      'is not judged while the source cannot be read',
      { source: dark, target: copy(marked) },
      { said: false, is: false },
    ],
    [
      'is not judged while the target cannot be read',
      { source: primary(undefined), target: dark, isToldStale: true },
      { said: false, is: false },
    ],
  ])('%s', (_, sketch, expected) => {
    expect(stale(sketch)).toEqual(expected);
  });
});
