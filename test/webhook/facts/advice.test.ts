import { describe, expect, test } from 'vitest';
import { backupRecordText, lastBackupAnnotation } from '../../../core/backup/backup-record.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { known, unknown } from '../../../core/model/reading.ts';
import type { ReplicationAdviceFacts } from '../../../core/rules/advice-facts.ts';
import type { PeerView } from '../../../core/rules/peer-view.ts';
import type { AdmissionRequest } from '../../../webhook/admission-request.ts';
import {
  changing,
  createSite,
  creating,
  deleting,
  now,
  pvc,
  type Site,
  vgr,
  vr,
  withBoundClaim,
} from './site.ts';

const never = new AbortController().signal;

const adviseOn = async (site: Site, request: AdmissionRequest): Promise<ReplicationAdviceFacts> => {
  const facts = await site.facts.advice(request, never);
  if (facts?.subject !== 'replication') throw new Error('no advice on a replication');
  return facts;
};

const notPrimary = (): PeerView => ({ state: 'not-primary', site: 'cluster-2' });

describe('a replication', () => {
  test('is seen with its schedule and its last sync, while it is primary', async () => {
    const site = withBoundClaim(createSite());
    const before = vr({ state: 'Primary' });
    const synced = { ...before, status: { ...before.status, lastSyncTime: '2026-11-20T11:30:00Z' } };
    expect(await adviseOn(site, changing(synced, vr({ wants: 'secondary' })))).toMatchObject({
      scheduleMs: known(300_000),
      lastSyncAt: known(now - 30 * 60_000),
      lastBackupAt: unknown('no backup is on record'),
      peer: { state: 'not-configured' },
      now,
    });
  });

  test('is seen with the last backup that is on record', async () => {
    const site = withBoundClaim(createSite());
    const at = now - 72 * 3_600_000;
    const record = backupRecordText({ at, digest: `sha256:${'0f'.repeat(32)}` });
    const recorded = (wants: 'primary' | 'secondary') => {
      const object = vr({ state: 'Primary', wants });
      const annotations = { ...object.metadata.annotations, [lastBackupAnnotation]: record };
      return { ...object, metadata: { ...object.metadata, annotations } };
    };
    expect(await adviseOn(site, changing(recorded('primary'), recorded('secondary')))).toMatchObject({
      lastBackupAt: known(at),
    });
  });

  test('tells nothing of its last sync while it is a replica', async () => {
    const site = withBoundClaim(createSite());
    const before = vr({ wants: 'secondary', state: 'Secondary' });
    const { lastSyncAt } = await adviseOn(site, changing(before, vr()));
    expect(lastSyncAt.known).toBe(false);
  });

  test('has no schedule where its class is missing, and an unknown one where classes are unknown', async () => {
    expect((await adviseOn(createSite(), creating(vr()))).scheduleMs).toEqual(known(undefined));
    const blind = createSite({ health: { replicationClasses: { hasSynced: () => false } } });
    expect((await adviseOn(blind, creating(vr()))).scheduleMs.known).toBe(false);
  });

  const asked: [string, Parameters<typeof changing>, number][] = [
    ['a demotion with autoResync', [vr(), vr({ wants: 'secondary', autoResync: true })], 1],
    ['a demotion without', [vr(), vr({ wants: 'secondary' })], 0],
    ['a promotion', [vr({ wants: 'secondary' }), vr({ autoResync: true })], 0],
  ];
  test.each(asked)('asks the other site or not: %s', async (_, [before, after], questions) => {
    const site = withBoundClaim(createSite({ peer: notPrimary }));
    const { peer } = await adviseOn(site, changing(before, after));
    expect(site.asked.peer).toHaveLength(questions);
    expect(peer.state).toBe(questions === 0 ? 'not-asked' : 'not-primary');
  });

  test('that is a group is as its worst claim on the other site', async () => {
    const site = createSite({
      peer: ({ claim }): PeerView =>
        claim.name === 'b' ? { state: 'unknown', site: 'cluster-2', why: 'dark' } : notPrimary(),
    });
    for (const name of ['a', 'b', 'c']) site.put('claims', pvc({ name, labels: { app: 'shop' } }));
    const { peer } = await adviseOn(site, changing(vgr(), vgr({ wants: 'secondary', autoResync: true })));
    expect(peer.state).toBe('unknown');
  });

  test('that is deleted, or does not change, needs no advice', async () => {
    const site = createSite();
    expect(await site.facts.advice(deleting(vr()), never)).toBeUndefined();
    expect(await site.facts.advice(changing(vr(), vr()), never)).toBeUndefined();
    expect(await site.facts.advice(creating(pvc()), never)).toBeUndefined();
  });
});

describe('a class', () => {
  const rbd: KubernetesObject = {
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplicationClass',
    metadata: { name: 'rbd' },
    spec: { provisioner: 'rbd.csi.ceph.com' },
  };

  test('is compared with the one of the other site', async () => {
    expect(await createSite({ peer: notPrimary }).facts.advice(creating(rbd), never)).toEqual({
      subject: 'class',
      kind: 'VolumeReplicationClass',
      name: 'rbd',
      provisioner: 'rbd.csi.ceph.com',
      parameters: {},
      peerClass: known(undefined),
    });
  });

  test('is compared with nothing where no other site is known', async () => {
    expect(await createSite().facts.advice(creating(rbd), never)).toMatchObject({
      peerClass: unknown('no peer is known'),
    });
  });
});
