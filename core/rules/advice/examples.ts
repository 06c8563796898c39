import { known, unknown } from '../../model/reading.ts';
import type { AdviceFacts, ClassAdviceFacts, ReplicationAdviceFacts } from '../advice-facts.ts';
import type { AdviceCode } from '../rule-code.ts';

const minute = 60_000;
const now = Date.parse('2026-03-01T12:00:00Z');

const volumeClass: ClassAdviceFacts = {
  subject: 'class',
  kind: 'VolumeReplicationClass',
  name: 'rbd-5m',
  provisioner: 'rook-ceph.rbd.csi.ceph.com',
  parameters: { mirroringMode: 'snapshot', schedulingInterval: '5m' },
  peerClass: unknown('nobody asked'),
};

const promotion: ReplicationAdviceFacts = {
  subject: 'replication',
  change: {
    operation: 'UPDATE',
    kind: 'VolumeReplication',
    namespace: 'shop',
    name: 'db',
    before: { replicationState: 'secondary', autoResync: false },
    after: { replicationState: 'primary', autoResync: false },
    state: 'Secondary',
    isProtecting: true,
    isTerminating: false,
    followsGroup: false,
  },
  peer: { state: 'not-primary', site: 'cluster-1' },
  scheduleMs: known(5 * minute),
  lastSyncAt: known(now - 4 * minute),
  lastBackupAt: unknown('nobody records backups'),
  now,
};

const demotion: ReplicationAdviceFacts = {
  ...promotion,
  change: {
    ...promotion.change,
    before: { replicationState: 'primary', autoResync: false },
    after: { replicationState: 'secondary', autoResync: false },
    state: 'Primary',
  },
};

/** For each piece of advice facts that it speaks up at, for the documentation. */
export const adviceExamples = {
  DR301: { ...volumeClass, parameters: { mirroringMode: 'snapshot' } },
  DR302: {
    ...volumeClass,
    peerClass: known({
      site: 'cluster-1',
      provisioner: 'rook-ceph.rbd.csi.ceph.com',
      parameters: { mirroringMode: 'snapshot', schedulingInterval: '1h' },
    }),
  },
  DR303: { ...demotion, lastSyncAt: known(now - 16 * minute) },
  DR304: { ...promotion, lastBackupAt: known(undefined) },
  DR305: { ...promotion, peer: { state: 'not-configured' } },
  DR306: {
    ...demotion,
    change: { ...demotion.change, after: { replicationState: 'secondary', autoResync: true } },
  },
} satisfies Record<AdviceCode, AdviceFacts>;
