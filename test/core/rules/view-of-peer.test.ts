import { describe, expect, test } from 'vitest';
import { demotionAnnotation, demotionText, type FollowedState } from '../../../core/following/demotion.ts';
import type { VolumeReplication } from '../../../core/model/volume-replication.ts';
import type { PeerView } from '../../../core/rules/peer-view.ts';
import { type Candidate, viewOfPeer } from '../../../core/rules/view-of-peer.ts';
import { ago, now, type VrSketch, vgr, vr } from '../status/objects.ts';

const demotedAt = now - 60_000;
const secondary: VrSketch = { wants: 'secondary', state: 'Secondary', sets: ['demoted'], generation: 2 };

const marked = (followed: FollowedState, sketch: VrSketch = {}): VolumeReplication => {
  const replication = vr({ ...secondary, ...sketch });
  const annotations = { [demotionAnnotation]: demotionText({ followed, at: demotedAt }, 2) };
  return { ...replication, metadata: { ...replication.metadata, annotations } };
};

const candidate = (object: VolumeReplication): Candidate => ({
  protector: { kind: 'VolumeReplication', object },
  doubt: undefined,
});
const viewOf = (...objects: VolumeReplication[]): PeerView => viewOfPeer('west', objects.map(candidate));

const nothingLeft: PeerView = { state: 'not-primary', site: 'west' };
const left = (demotion: object): PeerView =>
  ({
    state: 'not-primary',
    site: 'west',
    left: { replication: 'shop/db-vr', kind: 'VolumeReplication', demotion },
  }) as PeerView;

describe('a site that is not primary for a volume', () => {
  test.each<[string, VolumeReplication, PeerView]>([
    [
      'tells when its demotion was, where that was marked as followed',
      marked('yes'),
      left({ kind: 'marked', followed: 'yes', at: demotedAt }),
    ],
    ['left everything where it never was primary', vr({ ...secondary, generation: 1 }), nothingLeft],
    [
      'was left with something of its own where its demotion was marked as not followed',
      marked('no'),
      left({ kind: 'marked', followed: 'no', at: demotedAt }),
    ],
    [
      'may have something of its own where nobody can tell',
      marked('unknown'),
      left({ kind: 'marked', followed: 'unknown', at: demotedAt }),
    ],
    [
      'may have something of its own where nobody marked the demotion; when it was asked for is known',
      vr({ ...secondary, asked: 1 }),
      left({ kind: 'unmarked', at: Date.parse(ago(1)) }),
    ],
    [
      'gave its copy up where it is asked to fetch the other one',
      marked('no', { wants: 'resync', sets: ['resyncing'] }),
      nothingLeft,
    ],
  ])('%s', (_, object, expected) => {
    expect(viewOf(object)).toEqual(expected);
  });

  test('is seen by the one of its replications that was left with something', () => {
    const another = marked('yes', { name: 'another' });
    expect(viewOf(another, marked('no'))).toMatchObject({ left: { replication: 'shop/db-vr' } });
    expect(viewOf(marked('no'), another)).toMatchObject({ left: { replication: 'shop/db-vr' } });
  });

  test('is not it where another of its replications is primary, or may be', () => {
    const primary = vr({ name: 'another', synced: 5 });
    const odd = vr({ name: 'another', state: 'Unknown', sets: [], wants: 'secondary' });
    expect(viewOf(marked('no'), primary)).toMatchObject({ state: 'primary' });
    expect(viewOf(marked('no'), odd)).toMatchObject({ state: 'unknown' });
  });

  test('tells of a group by its own name', () => {
    const object = vgr(['db'], secondary);
    const view = viewOfPeer('west', [
      { protector: { kind: 'VolumeGroupReplication', object }, doubt: undefined },
    ]);
    expect(view).toMatchObject({ left: { replication: 'shop/all', kind: 'VolumeGroupReplication' } });
  });

  test('left everything where nothing replicates the volume there', () => {
    expect(viewOf()).toEqual(nothingLeft);
  });
});
