import { expect, test } from 'vitest';
import { claim, driverName, facts, finalizer, owner, play, replication, volume } from './play.ts';

const deleting = replication({}, { state: 'Primary' }, { deletionTimestamp: '2026-03-01T11:00:00Z' });
const first = replication({}, undefined, { name: 'first' });
const ok = { ok: true } as const;

test('mirroring is disabled, then the claim and the object are let go', () => {
  const played = play(facts({ replication: deleting }), { disable: ok });
  expect(played.steps).toEqual(['disable', 'release-pvc', 'remove-finalizer']);
});

test('a volume that the storage does not know counts as disabled', () => {
  const gone = { ok: false, code: 'NotFound', description: 'not found' } as const;
  expect(play(facts({ replication: deleting }), { disable: gone }).steps.at(-1)).toBe('remove-finalizer');
});

test('a refusal of the driver keeps the object, and the status says why', () => {
  const refused = {
    ok: false,
    code: 'InvalidArgument',
    description: 'secondary image status is up=true',
  } as const;
  const played = play(facts({ replication: deleting }), { disable: refused });
  expect(played.steps).toEqual(['disable']);
  expect(played.status?.message).toMatch(/^cannot be deleted: .*secondary image status/);
});

test.each([
  ['InvalidArgument', { state: 'Unknown' }, true],
  ['InvalidArgument', {}, true],
  ['Unimplemented', { state: 'Unknown' }, true],
  ['Internal', { state: 'Unknown' }, false],
  ['InvalidArgument', { state: 'Secondary' }, false],
  ['InvalidArgument', { state: 'Unknown', lastSyncTime: '2026-03-01T10:00:00Z' }, false],
] as const)(
  'a volume that its driver has never taken (%s, %j) has nothing to be disabled',
  (code, status, isGone) => {
    const never = replication({}, { ...status }, { deletionTimestamp: '2026-03-01T11:00:00Z' });
    const refused = { ok: false, code, description: 'invalid volume ID' } as const;
    const played = play(facts({ replication: never }), { disable: refused });
    expect(played.steps.at(-1)).toBe(isGone ? 'remove-finalizer' : 'disable');
  },
);

test('the second VolumeReplication of a claim goes without disabling the mirroring of the first', () => {
  const second = facts({
    replication: deleting,
    claim: claim({ annotations: { [owner]: 'first' } }),
    rivals: [first],
  });
  expect(play(second).steps).toEqual(['remove-finalizer']);
});

test('where the claim says nothing, another VolumeReplication of it keeps the mirroring', () => {
  const unclear = facts({ replication: deleting, claim: claim({ annotations: {} }), rivals: [first] });
  expect(play(unclear).steps).toEqual(['remove-finalizer']);
});

const sharer = {
  kind: 'VolumeReplication',
  namespace: 'other',
  name: 'copy',
  claimName: 'pvc-copy',
  wants: 'primary',
  state: 'Primary',
} as const;

test('a volume that another one protects through another claim is not disabled', () => {
  const played = play(facts({ replication: deleting, sharers: [sharer] }));
  expect(played.steps).toEqual(['release-pvc', 'remove-finalizer']);
  expect(played.last).toMatchObject({
    note: { reason: 'MirroringLeft', message: expect.stringContaining('VolumeReplication other/copy') },
  });
});

test('a claim that is gone holds up nothing, and what was left is told', () => {
  const played = play(facts({ replication: deleting, claim: undefined, volume: undefined }));
  expect(played.steps).toEqual(['remove-finalizer']);
  expect(played.last).toMatchObject({ note: { type: 'Warning', reason: 'MirroringLeft' } });
});

test('a volume of another driver is released without a call', () => {
  const played = play(facts({ replication: deleting, volume: volume('other.csi') }));
  expect(played.steps).toEqual(['release-pvc', 'remove-finalizer']);
});

test('a class that is gone holds the object, because its parameters are needed', () => {
  const played = play(facts({ replication: deleting, replicationClass: undefined }));
  expect(played.steps).toEqual([]);
  expect(played.status?.message).toMatch(/VolumeReplicationClass "class" does not exist.*create it again/);
});

test('without its class, a volume of another driver is left to the controller of that driver', () => {
  const foreign = facts({ replication: deleting, replicationClass: undefined, volume: volume('other.csi') });
  expect(play(foreign).last).toEqual({ do: 'ignore' });
});

test('a driver that is away is waited for', () => {
  const away = facts({
    replication: deleting,
    driver: { name: driverName, state: 'unavailable', reason: 'it does not answer' },
  });
  const played = play(away);
  expect(played.status?.message).toBe('waiting to disable mirroring: it does not answer');
  expect(played.last).toMatchObject({ requeue: { when: 'driver-ready' } });
});

test('an object that never had our finalizer is left alone', () => {
  const foreign = replication({}, undefined, { ...deleting.metadata, finalizers: ['other'] });
  expect(play(facts({ replication: foreign })).last).toEqual({ do: 'ignore' });
  expect(deleting.metadata.finalizers).toEqual([finalizer]);
});
