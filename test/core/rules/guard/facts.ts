// Facts for the tables: the safe examples, with what differs.
import type { ConsentAction } from '../../../../core/consent.ts';
import type { PersistentVolume } from '../../../../core/model/persistent-volume.ts';
import { known } from '../../../../core/model/reading.ts';
import type { StorageClass } from '../../../../core/model/storage-class.ts';
import type { ReplicationState } from '../../../../core/model/volume-replication.ts';
import type { ConsentFacts } from '../../../../core/rules/consent-facts.ts';
import { exampleMember, examplePromotion } from '../../../../core/rules/guard/examples.ts';
import type {
  Member,
  ReplicationChange,
  ReplicationFacts,
  ReplicationHere,
  Wish,
} from '../../../../core/rules/replication-facts.ts';

export const wish = (replicationState: ReplicationState, autoResync = false): Wish => ({
  replicationState,
  autoResync,
});

/** A replica of claim shop/db becomes primary, and may; `differs` is about the change. */
export const promotion = (
  member: Partial<Member> = {},
  differs: Partial<ReplicationChange> = {},
): ReplicationFacts => group([member], { kind: 'VolumeReplication', ...differs });

/** The same for a VolumeGroupReplication with several claims: db, db-1, db-2 … */
export const group = (
  members: readonly Partial<Member>[],
  differs: Partial<ReplicationChange> = {},
): ReplicationFacts => ({
  ...examplePromotion,
  change: { ...examplePromotion.change, kind: 'VolumeGroupReplication', ...differs },
  members: known(
    members.map((member, at) => ({
      ...exampleMember,
      claimName: at === 0 ? 'db' : `db-${at}`,
      ...member,
    })),
  ),
});

/** A VolumeReplication of claim shop/db is created. */
export const creation = (
  member: Partial<Member> = {},
  differs: Partial<ReplicationChange> = {},
): ReplicationFacts =>
  promotion(member, {
    operation: 'CREATE',
    before: undefined,
    state: '',
    isProtecting: false,
    ...differs,
  });

/** From one state to another, where the status tells `state`. */
export const change = (
  [before, after]: readonly [Wish, Wish],
  state: string,
  member: Partial<Member> = {},
): ReplicationFacts => promotion(member, { before, after, state });

/** With an annotation that is valid whatever is seen, and a user who may consent, unless told otherwise. */
export const consented = (
  facts: ReplicationFacts,
  action: ConsentAction,
  differs: Partial<ConsentFacts> = {},
): ReplicationFacts => ({
  ...facts,
  consent: {
    ...facts.consent,
    text: JSON.stringify({
      accepts: [action],
      seen: { peer: action === 'resync' ? 'not-primary' : 'primary' },
      maxLoss: 'unknown',
      by: 'alice',
      reason: 'site 1 burns',
      expires: '2026-03-01T12:10:00Z',
    }),
    mayConsent: known(true),
    ...differs,
  },
});

/** Another replication of this cluster. */
export const replication = (differs: Partial<ReplicationHere> = {}): ReplicationHere => ({
  kind: 'VolumeReplication',
  namespace: 'shop',
  name: 'other',
  claimName: 'db',
  wants: 'primary',
  state: 'Primary',
  ...differs,
});

/** The PV of claim shop/db. */
export const volume = (spec: PersistentVolume['spec'] = {}, name = 'pvc-4e8a1c3d'): PersistentVolume => ({
  metadata: { name },
  spec: {
    csi: { driver: 'rook-ceph.rbd.csi.ceph.com', volumeHandle: '0001-4e8a1c3d' },
    persistentVolumeReclaimPolicy: 'Retain',
    ...spec,
  },
});

export const storageClass = (differs: Partial<StorageClass> = {}): StorageClass => ({
  metadata: { name: 'rbd' },
  provisioner: 'rook-ceph.rbd.csi.ceph.com',
  reclaimPolicy: 'Retain',
  ...differs,
});
