import { describe, expect, it, test } from 'vitest';
import type { ConsentAction } from '../../core/consent.ts';
import {
  parseSeen,
  type Seen,
  type SeenPeer,
  type Sight,
  seenFields,
  whyWorse,
} from '../../core/consent-seen.ts';

const sync = Date.parse('2026-03-01T11:56:00Z');
const volume = { driver: 'csi.example.com', volumeHandle: 'handle-1', destination: 'handle-there' };
const image = (poolId: string) =>
  `0001-0004-rook-${poolId.padStart(16, '0')}-0e43b85c-c8aa-4d35-bb0a-7ec18eba9ee5`;
const sight: Sight = { peer: 'unknown', lastSync: undefined, volumes: [volume], generations: [4, 3] };

describe('what the giver of a consent saw', () => {
  test('is nothing where nothing is said', () => {
    expect(parseSeen(undefined)).toEqual({ peer: 'unknown' });
    expect(parseSeen({})).toMatchObject({ peer: 'unknown' });
  });

  test('reads as it was written', () => {
    const seen: Seen = { peer: 'primary', lastSync: sync, volumes: ['handle-1'], generation: 3 };
    expect(parseSeen(seenFields(seen))).toEqual(seen);
    expect(seenFields({ peer: 'unknown' })).toEqual({ peer: 'unknown' });
  });

  test.each([
    ['a word', 'primary', /must be an object/],
    ['a list', [], /must be an object/],
    ['an unknown field', { role: 'primary' }, /unknown field "role"/],
    ['an unknown role', { peer: 'dead' }, /one of primary, not-primary, unknown/],
    ['a time that is none', { lastSync: 'soon' }, /lastSync must be a time/],
    ['a volume that is no text', { volumes: [1] }, /list of volume handles/],
    ['half a generation', { generation: 1.5 }, /whole number/],
  ])('is refused as %s', (_, value, why) => {
    expect(parseSeen(value)).toMatch(why);
  });
});

describe('a consent covers nothing worse than its giver saw', () => {
  // Seen by the giver, seen now, and whether it holds.
  const cases: [ConsentAction, SeenPeer, SeenPeer, boolean][] = [
    ['force-promote', 'unknown', 'primary', false],
    ['force-promote', 'not-primary', 'primary', false],
    ['force-promote', 'not-primary', 'unknown', false],
    ['force-promote', 'unknown', 'unknown', true],
    ['force-promote', 'unknown', 'not-primary', true],
    ['force-promote', 'primary', 'primary', true],
    ['force-promote', 'primary', 'unknown', true],
    ['resync', 'unknown', 'not-primary', false],
    ['resync', 'primary', 'not-primary', false],
    ['resync', 'primary', 'unknown', false],
    ['resync', 'unknown', 'primary', true],
    ['resync', 'not-primary', 'not-primary', true],
    ['unprotect', 'unknown', 'primary', true],
    ['lose-since-promote', 'unknown', 'not-primary', true],
  ];
  it.each(cases)('%s, given for %s, while it is %s: %s', (action, seen, now, holds) => {
    const why = whyWorse({ peer: seen }, { ...sight, peer: now }, action);
    expect(why === undefined).toBe(holds);
  });

  const others: [string, Seen, Partial<Sight>, string | undefined][] = [
    ['the volume that it was given for', { peer: 'unknown', volumes: ['handle-1'] }, {}, undefined],
    ['the volume as the other site calls it', { peer: 'unknown', volumes: ['handle-there'] }, {}, undefined],
    [
      'an image of ceph-csi in a pool of another number',
      { peer: 'unknown', volumes: [image('2')] },
      { volumes: [{ driver: 'rbd.csi.ceph.com', volumeHandle: image('3') }] },
      undefined,
    ],
    [
      'another volume',
      { peer: 'unknown', volumes: ['handle-2'] },
      {},
      'was given for other volumes (handle-2)',
    ],
    [
      'a volume that is not known',
      { peer: 'unknown', volumes: ['handle-1'] },
      { volumes: [undefined] },
      'was given for other volumes (handle-1)',
    ],
    ['the version of the spec before the change', { peer: 'unknown', generation: 3 }, {}, undefined],
    [
      'an older version of the spec',
      { peer: 'unknown', generation: 2 },
      {},
      'was given for generation 2 of the object, and it is at 4 now',
    ],
    ['a sync that has moved on', { peer: 'primary', lastSync: sync }, { lastSync: sync + 1 }, undefined],
    [
      'a sync that is older than the one shown',
      { peer: 'primary', lastSync: sync },
      { lastSync: sync - 60_000 },
      'was given with a last sync of 2026-03-01T11:56:00Z in view, and the other site tells of 2026-03-01T11:55:00Z',
    ],
    ['a sync of which nothing is told now', { peer: 'primary', lastSync: sync }, {}, undefined],
  ];
  it.each(others)('%s', (_, seen, now, why) => {
    expect(whyWorse(seen, { ...sight, ...now }, 'force-promote')).toBe(why);
  });
});
