import { describe, expect, test } from 'vitest';
import { copyFactsBefore } from '../../../core/following/copy-facts.ts';
import { followedSincePromote, hasFollowedCondition } from '../../../core/following/followed.ts';
import type { Condition, ManagedFieldsEntry } from '../../../core/model/kubernetes-object.ts';
import type { VolumeReplication } from '../../../core/model/volume-replication.ts';
import { replicationOfGroup, replicationOfVolume } from '../../../core/status/replication.ts';
import { ago, now, type VrSketch, vgr, vr } from '../status/objects.ts';

type Told = 'yes' | 'no' | 'unknown';

const stateOf = (replication: VolumeReplication, isJournal = false): Told =>
  followedSincePromote(replicationOfVolume(replication), { isJournal }).state;

const withFields = (
  replication: VolumeReplication,
  managedFields: ManagedFieldsEntry[],
): VolumeReplication => ({
  ...replication,
  metadata: { ...replication.metadata, managedFields },
});

const wrote = (manager: string, minutes: number, fieldsV1?: Record<string, unknown>): ManagedFieldsEntry => ({
  manager,
  time: ago(minutes),
  ...(fieldsV1 && { fieldsV1 }),
});
const ownsState = { 'f:spec': { 'f:replicationState': {} } };
const ownsLabel = { 'f:metadata': { 'f:labels': { 'f:app': {} } } };

describe('what was never primary has nothing that anybody could have followed:', () => {
  test.each<[string, VrSketch, Told]>([
    ['a replica', { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] }, 'yes'],
    ['one that is being made anew', { wants: 'resync', state: 'Secondary', sets: ['resyncing'] }, 'yes'],
    ['one that nobody has acted on', { hasStatus: false }, 'yes'],
    ['one whose status tells of no state', { state: '', sets: [], observed: undefined }, 'yes'],
    ['one whose promote was refused by a rule', { state: 'Secondary', sets: ['refusedByRule'] }, 'yes'],
    [
      'one whose promote may have happened is not known',
      { state: 'Secondary', sets: ['promoteFailed'] },
      'unknown',
    ],
    ['one whose state is unknown is not known', { state: 'Unknown', sets: [] }, 'unknown'],
  ])('%s', (_, sketch, expected) => {
    expect(stateOf(vr(sketch))).toBe(expected);
  });
});

test('a status that was cleared makes no primary one that was never promoted', () => {
  const replication = vr({ hasStatus: false });
  const finalizers = ['replication.storage.openshift.io'];
  expect(stateOf({ ...replication, metadata: { ...replication.metadata, finalizers } })).toBe('unknown');
});

describe('what dr-controller tells of a primary', () => {
  const sets = (of: 'followed' | 'notFollowed' | 'followedUnknown') => ({ sets: ['promoted', of] as const });

  test.each<[string, VrSketch, Told]>([
    ['counts though no sync is told', sets('followed'), 'yes'],
    ['counts though the last sync is younger', { ...sets('notFollowed'), synced: 5 }, 'no'],
    ['counts where it cannot tell', { ...sets('followedUnknown'), synced: 5 }, 'unknown'],
    [
      'counts while it has not acted on the change of the spec that asks for secondary',
      { ...sets('followed'), wants: 'secondary', generation: 2, observed: 1 },
      'yes',
    ],
    [
      'counts against one that is asked to be secondary, too',
      { ...sets('notFollowed'), wants: 'secondary', generation: 2, observed: 1, synced: 5 },
      'no',
    ],
  ])('%s', (_, sketch, expected) => {
    expect(stateOf(vr(sketch))).toBe(expected);
  });

  test('tells since when nobody has followed', () => {
    const told = followedSincePromote(replicationOfVolume(vr({ ...sets('notFollowed'), changed: 2 })), {
      isJournal: false,
    });
    expect(told).toEqual({ state: 'no', since: now - 120_000 });
  });

  test('counts in journal mode, where a driver may tell all the same', () => {
    expect(stateOf(vr(sets('followed')), true)).toBe('yes');
  });

  const ofGeneration = (generation: number | undefined, synced?: number): VolumeReplication => {
    const replication = vr({ ...sets('followed'), generation: 3, synced });
    const conditions = replication.status?.conditions?.map((it): Condition => {
      if (it.type !== 'Followed') return it;
      const { observedGeneration: _, ...rest } = it;
      return generation === undefined ? rest : { ...rest, observedGeneration: generation };
    });
    return { ...replication, status: { ...replication.status, ...(conditions && { conditions }) } };
  };

  test('counts for the spec that was acted on alone: another controller has promoted it since', () => {
    expect(stateOf(ofGeneration(3))).toBe('yes');
    expect(stateOf(ofGeneration(2))).toBe('no');
    expect(stateOf(ofGeneration(2, 5))).toBe('yes');
    expect(stateOf(ofGeneration(undefined))).toBe('no');
  });

  test('can be waited for only where it speaks of the spec as it stands', () => {
    expect(hasFollowedCondition(replicationOfVolume(ofGeneration(3)))).toBe(true);
    expect(hasFollowedCondition(replicationOfVolume(ofGeneration(2)))).toBe(false);
    expect(hasFollowedCondition(replicationOfVolume(vr()))).toBe(false);
  });
});

describe('where no condition tells, the last sync of a primary', () => {
  test.each<[string, VrSketch, Told]>([
    ['tells that somebody has followed once it is younger than the wish', { asked: 60, synced: 59 }, 'yes'],
    ['is none', { asked: 60 }, 'no'],
    ['is one of before', { asked: 60, synced: 61 }, 'no'],
    ['is one of the very second of the wish', { asked: 60, synced: 60 }, 'no'],
    ['is ahead of the clock of whoever looks', { asked: 60, synced: -10 }, 'yes'],
  ])('%s', (_, sketch, expected) => {
    expect(stateOf(vr(sketch))).toBe(expected);
  });

  test.each<[string, number, Told]>([
    ['counts where it is hardly later than the moment at which the controller was told of it', 2, 'yes'],
    ['does not count where it is later than that: clocks differ', 3, 'unknown'],
  ])('%s', (_, aheadSeconds, expected) => {
    const replication = vr({ asked: 60, synced: 30 });
    const lastCompletionTime = ago(30 + aheadSeconds / 60);
    expect(stateOf({ ...replication, status: { ...replication.status, lastCompletionTime } })).toBe(expected);
  });

  test('tells since when at the latest', () => {
    const told = followedSincePromote(replicationOfVolume(vr({ asked: 60, synced: 61 })), {
      isJournal: false,
    });
    expect(told).toEqual({ state: 'no', since: now - 60 * 60_000 });
  });

  test('tells nothing in journal mode, nor where nobody knows when primary was asked for', () => {
    expect(stateOf(vr({ synced: 5 }), true)).toBe('unknown');
    const replication = vr({ synced: 5 });
    const { creationTimestamp: _, managedFields: __, ...metadata } = replication.metadata;
    expect(stateOf({ ...replication, metadata })).toBe('unknown');
  });

  test('tells of a group as well', () => {
    const told = (sketch: VrSketch) =>
      followedSincePromote(replicationOfGroup(vgr(['db'], sketch)), { isJournal: false }).state;
    expect([told({ synced: 5 }), told({})]).toEqual(['yes', 'no']);
  });

  test.each<[string, ManagedFieldsEntry[], Told]>([
    [
      'is not put in doubt by somebody else who writes a label',
      [wrote('kubectl', 60, ownsState), wrote('argocd', 1, ownsLabel)],
      'yes',
    ],
    [
      'is not put in doubt by the status that is written all the time',
      [wrote('kubectl', 60, ownsState), { ...wrote('controller', 0), subresource: 'status' }],
      'yes',
    ],
    [
      'is of before where another one took over the wish later',
      [wrote('kubectl', 60, ownsState), wrote('argocd', 1, ownsState)],
      'no',
    ],
    ['is of before where who asked has written something else since', [wrote('kubectl', 1, ownsState)], 'no'],
    [
      'is of before where anybody wrote, and nobody is known to own the wish',
      [wrote('kubectl', 60), wrote('argocd', 1, ownsLabel)],
      'no',
    ],
  ])('%s', (_, managedFields, expected) => {
    expect(stateOf(withFields(vr({ synced: 5 }), managedFields))).toBe(expected);
  });
});

describe('what the two copies are before a change', () => {
  const options = { isJournal: false };

  test('is nothing to lose where the replication is only created', () => {
    expect(copyFactsBefore(undefined, options)).toEqual({
      followed: { state: 'yes' },
      isTold: false,
      demotion: { kind: 'never' },
    });
  });

  test('is what the replication shows', () => {
    const told = vr({ sets: ['promoted', 'notFollowed'] });
    expect(copyFactsBefore(replicationOfVolume(told), options)).toMatchObject({
      followed: { state: 'no' },
      isTold: true,
      demotion: { kind: 'unmarked' },
    });
  });
});
