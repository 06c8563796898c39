import type { PersistentVolume, PersistentVolumeClaim } from '../../model/persistent-volume.ts';
import { known } from '../../model/reading.ts';
import type { GuardFacts } from '../guard-facts.ts';
import type {
  Member,
  ReplicationChange,
  ReplicationFacts,
  ReplicationHere,
  Wish,
} from '../replication-facts.ts';
import type { GuardCode } from '../rule-code.ts';

const driver = 'rook-ceph.rbd.csi.ceph.com';

const claim = {
  metadata: { namespace: 'shop', name: 'db' },
  spec: { volumeName: 'pvc-4e8a1c3d' },
} satisfies PersistentVolumeClaim;

const volume = {
  metadata: { name: 'pvc-4e8a1c3d' },
  spec: {
    csi: { driver, volumeHandle: '0001-0009-rook-ceph-0000000000000002-4e8a1c3d' },
    claimRef: { namespace: 'shop', name: 'db' },
    persistentVolumeReclaimPolicy: 'Retain',
  },
} satisfies PersistentVolume;

/** A claim as it should be: bound to a PV that is retained, and not in use. */
export const exampleMember: Member = {
  claimName: 'db',
  claim: known(claim),
  elsewhere: known([]),
  volume: known(volume),
  storageClass: known(undefined),
  rivals: known([]),
  sameVolume: known([]),
  pods: known([]),
  attachedTo: known([]),
  peer: { state: 'not-primary', site: 'cluster-1' },
};

const primary: Wish = { replicationState: 'primary', autoResync: false };
const secondary: Wish = { replicationState: 'secondary', autoResync: false };

/** A replica on `cluster-2` that is to become primary, and may. */
export const examplePromotion: ReplicationFacts = {
  subject: 'replication',
  change: {
    operation: 'UPDATE',
    kind: 'VolumeReplication',
    namespace: 'shop',
    name: 'db',
    before: secondary,
    after: primary,
    state: 'Secondary',
    isProtecting: true,
    isTerminating: false,
    followsGroup: false,
  },
  members: known([exampleMember]),
  classes: known([{ kind: 'VolumeReplicationClass', name: 'rbd-5m', provisioner: driver }]),
  namespaceTerminating: known(false),
  copy: { followed: { state: 'yes' }, isTold: true, demotion: { kind: 'never' } },
  ownWrites: { state: 'none' },
  consent: {
    text: undefined,
    isNew: false,
    isUsed: false,
    isRecorded: true,
    generations: [3],
    mayConsent: known(false),
    user: 'alice',
    now: Date.parse('2026-03-01T12:00:00Z'),
  },
  withoutPeer: 'allow',
};

const replication: ReplicationHere = {
  kind: 'VolumeReplication',
  namespace: 'shop',
  name: 'db',
  claimName: 'db',
  wants: 'primary',
  state: 'Primary',
};

const change = (differs: Partial<ReplicationChange>, member: Partial<Member> = {}): ReplicationFacts => ({
  ...examplePromotion,
  change: { ...examplePromotion.change, ...differs },
  members: known([{ ...exampleMember, ...member }]),
});

const creation = (member: Partial<Member>): ReplicationFacts =>
  change({ operation: 'CREATE', before: undefined, state: '', isProtecting: false }, member);

/** One change per guard rule that the rule refuses, and no other does; the documentation prints what is said then. */
export const guardExamples: Readonly<Record<GuardCode, GuardFacts>> = {
  DR101: change(
    {},
    { sameVolume: known([{ ...replication, namespace: 'test', name: 'db-copy', claimName: 'db-copy' }]) },
  ),
  DR102: change({}, { peer: { state: 'primary', site: 'cluster-1', replication: 'shop/db', by: 'both' } }),
  DR103: creation({ claim: known(undefined), elsewhere: known(['store']), volume: known(undefined) }),
  DR104: creation({
    volume: known({ ...volume, spec: { ...volume.spec, persistentVolumeReclaimPolicy: 'Delete' } }),
  }),
  DR105: creation({
    rivals: known([{ ...replication, name: 'db-first', wants: 'secondary', state: 'Secondary' }]),
  }),
  DR106: {
    ...creation({}),
    classes: known([
      { kind: 'VolumeReplicationClass', name: 'cephfs-5m', provisioner: 'rook-ceph.cephfs.csi.ceph.com' },
    ]),
  },
  DR107: {
    subject: 'class',
    kind: 'VolumeReplicationClass',
    name: 'rbd-90s',
    provisioner: driver,
    parameters: { mirroringMode: 'snapshot', schedulingInterval: '90s' },
  },
  DR108: change({ after: { replicationState: 'resync', autoResync: false } }),
  DR109: change({ before: primary, after: secondary, state: 'Primary' }, { pods: known(['db-0']) }),
  DR110: change({ operation: 'DELETE', before: primary, after: undefined, state: 'Primary' }),
  DR111: {
    subject: 'claim',
    namespace: 'shop',
    name: 'db',
    isTerminating: false,
    protectedBy: known([replication]),
    takesAlong: known([]),
    namespaceTerminating: known(false),
  },
  DR113: {
    ...change({ before: primary, after: secondary, state: 'Primary' }),
    copy: {
      followed: { state: 'no', since: Date.parse('2026-03-01T11:59:40Z') },
      isTold: true,
      demotion: { kind: 'never' },
    },
  },
  DR114: {
    subject: 'volume',
    operation: 'CREATE',
    name: 'pv-copy',
    before: undefined,
    after: {
      metadata: { name: 'pv-copy' },
      spec: { ...volume.spec, persistentVolumeReclaimPolicy: 'Delete' },
    },
    protectedBy: known([replication]),
  },
  DR115: change(
    {},
    {
      peer: {
        state: 'not-primary',
        site: 'cluster-1',
        another: {
          claim: 'shop/db',
          identity: {
            driver,
            volumeHandle: '0001-0009-rook-ceph-0000000000000002-0d9c2a11-5f5e-4d5a-9c39-6a1f0e9d7b42',
          },
          replication: 'shop/db',
          kind: 'VolumeReplication',
        },
      },
    },
  ),
  DR112: {
    ...change({ after: secondary }),
    consent: {
      ...examplePromotion.consent,
      text: '{"accepts":["force-promote"],"maxLoss":"15m","by":"alice","expires":"2026-03-01T11:50:00Z"}',
      isNew: true,
      mayConsent: known(true),
    },
  },
  DR116: {
    subject: 'record',
    namespace: 'shop',
    name: 'relocate-20260301-120000-a1b2',
    isTerminating: false,
    atWork: 'relocate to cluster-2 by alice',
  },
};
