// Facts of the right shape, with anything in them.
import fc from 'fast-check';
import type { Demotion } from '../../../../core/following/demotion.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../../../core/model/reading.ts';
import type { StorageClass } from '../../../../core/model/storage-class.ts';
import type { ConsentFacts } from '../../../../core/rules/consent-facts.ts';
import type { GuardFacts } from '../../../../core/rules/guard-facts.ts';
import type { PeerView } from '../../../../core/rules/peer-view.ts';
import type {
  ClassHere,
  Member,
  ReplicationFacts,
  ReplicationHere,
  Wish,
} from '../../../../core/rules/replication-facts.ts';

const text = fc.oneof(fc.constantFrom('db', 'shop', 'cluster-1', ''), fc.string({ unit: 'binary' }));
const now = Date.parse('2026-03-01T12:00:00Z');

const reading = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Reading<T>> =>
  fc.oneof({ weight: 3, arbitrary: value.map(known) }, { weight: 1, arbitrary: text.map(unknown) });
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const state = fc.constantFrom('primary', 'secondary', 'resync');
const wish: fc.Arbitrary<Wish> = fc.record({ replicationState: state, autoResync: fc.boolean() });
const replicationKind = fc.constantFrom('VolumeReplication', 'VolumeGroupReplication');
const classKind = fc.constantFrom('VolumeReplicationClass', 'VolumeGroupReplicationClass');
const status = fc.oneof(fc.constantFrom('Primary', 'Secondary', 'Unknown', ''), text);
const driver = fc.oneof(fc.constantFrom('rbd', 'cephfs'), text);
const policy = fc.constantFrom('Retain' as const, 'Delete' as const, 'Recycle' as const);

const volume: fc.Arbitrary<PersistentVolume> = fc.record(
  {
    metadata: fc.record({ name: text, deletionTimestamp: text }, { requiredKeys: [] }),
    spec: fc.record(
      { csi: fc.record({ driver, volumeHandle: text }), persistentVolumeReclaimPolicy: policy },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['metadata'] },
);
const claim: fc.Arbitrary<PersistentVolumeClaim> = fc.record({ metadata: fc.record({ name: text }) });
const storageClass: fc.Arbitrary<StorageClass> = fc.record(
  { metadata: fc.record({ name: text }), provisioner: driver, reclaimPolicy: policy },
  { requiredKeys: ['metadata'] },
);
const replicationHere: fc.Arbitrary<ReplicationHere> = fc.record({
  kind: replicationKind,
  namespace: text,
  name: text,
  claimName: text,
  wants: state,
  state: status,
});

const takenAlong = fc.record({
  volumeName: text,
  claimName: text,
  policy: text,
  protectedBy: fc.array(replicationHere, { minLength: 1 }),
});

export const anyPeer: fc.Arbitrary<PeerView> = fc.oneof(
  fc.constant({ state: 'not-configured' as const }),
  fc.constant({ state: 'not-asked' as const }),
  fc.record({
    state: fc.constant('primary' as const),
    site: text,
    replication: text,
    by: fc.constantFrom('spec' as const, 'status' as const, 'both' as const),
  }),
  fc.record({ state: fc.constant('not-primary' as const), site: text }),
  fc.record({ state: fc.constant('unknown' as const), site: text, why: text }),
);

export const anyMember: fc.Arbitrary<Member> = fc.record({
  claimName: text,
  claim: reading(optional(claim)),
  elsewhere: reading(fc.array(text)),
  volume: reading(optional(volume)),
  storageClass: reading(optional(storageClass)),
  rivals: reading(fc.array(replicationHere)),
  sameVolume: reading(fc.array(replicationHere)),
  pods: reading(fc.array(text)),
  attachedTo: reading(fc.array(text)),
  peer: anyPeer,
});

const consentText = fc
  .record({
    accepts: fc.subarray(['force-promote', 'resync', 'demote-in-use', 'unprotect']),
    seen: fc.record({
      peer: fc.constantFrom('primary', 'not-primary', 'unknown'),
      generation: fc.constantFrom(2, 3),
    }),
    maxLoss: fc.constantFrom('unknown', '15m'),
    by: text,
    reason: text,
    expires: fc
      .integer({ min: -10, max: 70 })
      .map((minutes) => new Date(now + minutes * 60_000).toISOString()),
  })
  .map((consent) => JSON.stringify(consent));

export const anyConsent: fc.Arbitrary<ConsentFacts> = fc.record({
  text: optional(fc.oneof({ weight: 3, arbitrary: consentText }, { weight: 1, arbitrary: text })),
  isNew: fc.boolean(),
  isUsed: fc.boolean(),
  isRecorded: fc.boolean(),
  generations: fc.constantFrom([3], [3, 2]),
  mayConsent: reading(fc.boolean()),
  user: text,
  now: fc.constant(now),
});

const anyClass: fc.Arbitrary<ClassHere> = fc.record({
  kind: classKind,
  name: text,
  provisioner: optional(driver),
});

const anyDemotion: fc.Arbitrary<Demotion> = fc.oneof(
  fc.constant({ kind: 'never' as const }),
  fc.record({
    kind: fc.constant('marked' as const),
    followed: fc.constantFrom('yes', 'no', 'unknown'),
    at: fc.integer({ min: now - 3_600_000, max: now }),
  }),
  fc.record({ kind: fc.constant('unmarked' as const), at: optional(fc.constant(now)) }),
);

export const anyReplication: fc.Arbitrary<ReplicationFacts> = fc.record({
  subject: fc.constant('replication' as const),
  change: fc.record({
    operation: fc.constantFrom('CREATE', 'UPDATE', 'DELETE'),
    kind: replicationKind,
    namespace: text,
    name: text,
    before: optional(wish),
    after: optional(wish),
    state: status,
    isProtecting: fc.boolean(),
    isTerminating: fc.boolean(),
    followsGroup: fc.boolean(),
  }),
  members: reading(fc.array(anyMember, { maxLength: 12 })),
  classes: reading(fc.array(anyClass, { maxLength: 3 })),
  namespaceTerminating: reading(fc.boolean()),
  ownWrites: fc.oneof(
    fc.constant({ state: 'none' as const }),
    fc.record({
      state: fc.constant('possible' as const),
      why: text,
      followsSince: fc.constantFrom(undefined, now - 3_600_000),
    }),
  ),
  copy: fc.record({
    followed: fc.oneof(
      fc.constant({ state: 'yes' as const }),
      fc.record({ state: fc.constant('no' as const), since: optional(fc.constant(now - 20_000)) }),
      fc.record({ state: fc.constant('unknown' as const), why: text }),
    ),
    isTold: fc.boolean(),
    demotion: anyDemotion,
  }),
  consent: anyConsent,
  withoutPeer: fc.constantFrom('allow', 'refuse'),
});

const parameterKey = fc.oneof(
  fc.constantFrom(
    'schedulingInterval',
    'schedulingStartTime',
    'mirroringMode',
    'replication.storage.openshift.io/replication-secret-name',
    'replication.storage.openshift.io/group-replication-secret-namespace',
  ),
  text,
);

/** Any change that the guard can be asked about. */
export const anyGuardFacts: fc.Arbitrary<GuardFacts> = fc.oneof(
  { weight: 4, arbitrary: anyReplication },
  {
    weight: 1,
    arbitrary: fc.record({
      subject: fc.constant('class' as const),
      kind: classKind,
      name: text,
      provisioner: text,
      parameters: fc.dictionary(parameterKey, text),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      subject: fc.constant('volume' as const),
      operation: fc.constantFrom('CREATE', 'UPDATE', 'DELETE'),
      name: text,
      before: optional(volume),
      after: optional(volume),
      protectedBy: reading(fc.array(replicationHere)),
      protectedThere: reading(fc.array(replicationHere.map((it) => ({ ...it, site: 'west' })))),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      subject: fc.constant('claim' as const),
      namespace: text,
      name: text,
      isTerminating: fc.boolean(),
      protectedBy: reading(fc.array(replicationHere)),
      takesAlong: reading(fc.array(takenAlong)),
      namespaceTerminating: reading(fc.boolean()),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      subject: fc.constant('namespace' as const),
      name: text,
      isTerminating: fc.boolean(),
      replications: reading(fc.array(replicationHere)),
      takesAlong: reading(fc.array(takenAlong)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      subject: fc.constant('definition' as const),
      name: text,
      isTerminating: fc.boolean(),
      replications: reading(fc.array(replicationHere)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      subject: fc.constant('record' as const),
      namespace: text,
      name: text,
      isTerminating: fc.boolean(),
      atWork: fc.option(text, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      subject: fc.constant('recordKind' as const),
      name: text,
      isTerminating: fc.boolean(),
      replications: reading(fc.array(text)),
    }),
  },
);
