import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../core/replication/facts.ts';
import {
  claim,
  conditionLines,
  driverName,
  facts,
  followedPrimary,
  owner,
  play,
  replication,
  synced,
  volume,
} from './play.ts';

const terminating = { deletionTimestamp: '2026-03-01T11:00:00Z', finalizers: [], annotations: {} };

type Case = [sentence: string, change: Partial<Facts>, message: string, first: string];

const cases: Case[] = [
  [
    'its class does not exist',
    { replicationClass: undefined },
    'DR106: VolumeReplicationClass.replication.storage.openshift.io "class" not found',
    'Completed=False FailedToPromote: failed to get volumeReplication class',
  ],
  [
    'its class has a bad parameter',
    {
      replicationClass: {
        metadata: { name: 'class' },
        spec: { provisioner: driverName, parameters: { 'replication.storage.openshift.io/x': '' } },
      },
    },
    'found unknown parameter key "replication.storage.openshift.io/x" with reserved prefix replication.storage.openshift.io/',
    'Completed=False FailedToPromote: failed to validate parameters of volumeReplicationClass',
  ],
  [
    'its source is of an unknown kind',
    { replication: replication({ dataSource: { kind: 'Pod', name: 'x' } }) },
    'unsupported datasource kind',
    'Completed=False FailedToPromote: unsupported datasource',
  ],
  [
    'its claim does not exist',
    { claim: undefined },
    'PersistentVolumeClaim "pvc" not found',
    'Completed=False FailedToPromote: failed to find PVC',
  ],
  [
    'its claim is not bound',
    { claim: { ...claim(), status: { phase: 'Pending' } } },
    'PVC "pvc" is not bound to any PV',
    'Completed=False FailedToPromote: failed to find PVC',
  ],
  [
    'its claim is being deleted and was never ours',
    { claim: claim(terminating) },
    'PVC "pvc" is marked for deletion, cannot be part of VolumeReplication',
    'Completed=False FailedToPromote: failed to find PVC',
  ],
  [
    'its volume does not exist',
    { volume: undefined },
    'PersistentVolume "pv" not found',
    'Completed=False FailedToPromote: failed to find PVC',
  ],
  [
    'its volume has no CSI source',
    { volume: { metadata: { name: 'pv' }, spec: {} } },
    'DR106: PersistentVolume "pv" has no CSI source, so no driver can replicate it',
    'Completed=False FailedToPromote: failed to meet prerequisite',
  ],
  [
    'its volume is of another driver than its class',
    { volume: volume('nfs.csi.k8s.io') },
    'DR106: PersistentVolume "pv" belongs to driver nfs.csi.k8s.io, VolumeReplicationClass "class" to rbd.csi.ceph.com',
    'Completed=False FailedToPromote: failed to meet prerequisite',
  ],
  [
    'its claim belongs to another VolumeReplication',
    {
      claim: claim({ annotations: { [owner]: 'first' } }),
      rivals: [replication({}, undefined, { name: 'first' })],
    },
    'PVC (default/pvc) not owned by correct VolumeReplication/VolumeGroupReplication "vr": VolumeReplication "first" has it',
    'Completed=False FailedToPromote: failed to meet prerequisite',
  ],
];

describe('nothing is called and nothing is protected when', () => {
  test.each(cases)('%s', (_, change, message, first) => {
    const played = play(facts(change));
    expect(played.steps).toEqual([]);
    expect(played.status).toMatchObject({ state: 'Unknown', message, observedGeneration: 3 });
    expect(conditionLines(played.status)[0]).toBe(first);
  });
});

test('messages about a source that was not found begin with a space, as in kubernetes-csi-addons', () => {
  const played = play(facts({ claim: undefined }));
  expect(conditionLines(played.status)).toEqual([
    'Completed=False FailedToPromote: failed to find PVC',
    'Degraded=True Error:  failed to promote: PersistentVolumeClaim "pvc" not found',
    'Resyncing=False NotResyncing:  is not resyncing',
    'Validated=True PrerequisiteMet:  is validated and met all prerequisites',
  ]);
});

test('the failure has the words of what the spec asks for', () => {
  const played = play(
    facts({ claim: undefined, replication: replication({ replicationState: 'secondary' }) }),
  );
  expect(conditionLines(played.status)[0]).toBe('Completed=False FailedToDemote: failed to find PVC');
});

test('a driver that does not match is not validated', () => {
  const played = play(facts({ volume: volume('nfs.csi.k8s.io') }));
  expect(conditionLines(played.status).at(-1)).toMatch(/^Validated=False PrerequisiteNotMet: failed to meet/);
});

test('what DR106 refuses to promote is told without the code where a replica is asked for', () => {
  const wanted = replication({ replicationState: 'secondary' });
  const played = play(facts({ volume: volume('nfs.csi.k8s.io'), replication: wanted }));
  expect(played.status?.message).toMatch(/^PersistentVolume "pv" belongs to driver/);
  const classless = play(facts({ replicationClass: undefined, replication: wanted }));
  expect(conditionLines(classless.status).join()).not.toContain('Validated');
});

test('a class of another driver is left to that driver, without a word', () => {
  const other = { metadata: { name: 'class' }, spec: { provisioner: 'other.csi' } };
  expect(play(facts({ replicationClass: other })).last).toEqual({ do: 'ignore' });
});

test('a claim whose owner is gone is taken over', () => {
  const stale = facts({ claim: claim({ annotations: { [owner]: 'gone' } }) });
  const failed = { ok: false, code: 'Internal', description: 'x' } as const;
  expect(play(stale, { enable: failed }).steps).toEqual(['look before promote', 'claim-pvc', 'enable']);
});

test('a VolumeReplication waits for a driver that is away, and its status says so', () => {
  const away = facts({
    driver: { name: driverName, state: 'unavailable', reason: 'its socket does not exist' },
  });
  const played = play(away);
  expect(played.status).toMatchObject({ message: 'waiting for the driver: its socket does not exist' });
  expect(played.last).toMatchObject({ requeue: { when: 'driver-ready' } });
});

test('while the driver is away an earlier success does not pass for the answer to a new spec', () => {
  const away = facts({
    replication: replication(
      { replicationState: 'resync' },
      { state: 'Secondary', message: 'volume is marked secondary', observedGeneration: 2 },
    ),
    driver: { name: driverName, state: 'unavailable', reason: 'it does not answer' },
  });
  expect(play(away).status).toMatchObject({
    message: 'waiting for the driver: it does not answer',
    observedGeneration: 2,
  });
});

test('a call that the driver did not survive is made again ever more slowly', () => {
  const lost = facts({
    driver: { name: driverName, state: 'unavailable', reason: 'the connection was lost', lostInCall: true },
  });
  expect(play(lost).last).toMatchObject({ requeue: { when: 'backoff' } });
});

test('a state reached for a claim that was since replaced is not believed', () => {
  const replaced = (state?: string) =>
    facts({
      replication: replication({}, state === undefined ? undefined : { state, observedGeneration: 2 }),
      claim: claim({ annotations: {}, finalizers: [] }),
    });
  const played = play(replaced('Primary'));
  expect(played.steps).toEqual([]);
  expect(played.status).toMatchObject({ state: 'Unknown', observedGeneration: 2 });
  expect(played.last).toMatchObject({
    requeue: { when: 'after', ms: 0 },
    notes: [{ type: 'Warning', reason: 'ClaimReplaced' }],
  });
  const failed = { ok: false, code: 'Internal', description: 'x' } as const;
  expect(play(replaced('Unknown'), { enable: failed }).steps).toEqual([
    'look before promote',
    'claim-pvc',
    'enable',
  ]);
  expect(play(replaced(), { enable: failed }).steps).toEqual(['look before promote', 'claim-pvc', 'enable']);
});

test('an unknown state is said and not tried again', () => {
  const odd = facts({ replication: replication({ replicationState: 'tertiary' as never }) });
  const played = play(odd);
  expect(played.status).toMatchObject({ message: 'unsupported volume state' });
  expect(played.last).toMatchObject({ requeue: { when: 'never' } });
});

describe('a volume that another VolumeReplication has through another claim', () => {
  const sharer = {
    kind: 'VolumeReplication',
    namespace: 'other',
    name: 'copy',
    claimName: 'pvc-copy',
    wants: 'primary',
    state: 'Primary',
  } as const;
  const ok = { ok: true } as const;
  const ready = { ok: true, ready: true } as const;
  const secondary = (state = '') =>
    replication({ replicationState: 'secondary' }, state === 'Primary' ? followedPrimary() : { state });

  test.each([
    ['demoted', secondary()],
    ['demoted once more', secondary('Secondary')],
    ['resynced', replication({ replicationState: 'resync' }, { state: 'Secondary' })],
  ])('is not %s while the other is primary', (_, asked) => {
    const played = play(facts({ replication: asked, sharers: [sharer] }));
    expect(played.steps).toEqual([]);
    expect(played.status?.message).toBe(
      'DR105: VolumeReplication other/copy has the same volume through claim "pvc-copy" and is primary or to become so; the volume is left to it',
    );
  });

  test.each([
    ['is to become primary', { ...sharer, state: 'Secondary' }],
    ['is still primary', { ...sharer, wants: 'secondary' as const }],
  ])('is not demoted while the other %s', (_, other) => {
    expect(play(facts({ replication: secondary(), sharers: [other] })).steps).toEqual([]);
  });

  test.each([
    ['who has it steps down for the other', secondary('Primary'), sharer],
    [
      'the other is a replica, too',
      secondary('Secondary'),
      { ...sharer, wants: 'secondary', state: 'Secondary' } as const,
    ],
  ])('is demoted where %s', (_, asked, other) => {
    expect(
      play(facts({ replication: asked, sharers: [other] }), { info: synced, demote: ok, resync: ready })
        .steps,
    ).toContain('demote');
  });
});
