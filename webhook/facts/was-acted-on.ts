import { replicationNames } from '../../core/model/volume-replication.ts';
import type { Protector } from '../../core/protection/protectors.ts';
import type { ReplicationKind } from '../../core/rules/replication-facts.ts';

const finalizers: Readonly<Record<ReplicationKind, string>> = {
  VolumeReplication: replicationNames.finalizer,
  VolumeGroupReplication: replicationNames.groupFinalizer,
};

const reachedStates: readonly (string | undefined)[] = ['Primary', 'Secondary'];

/**
 * A driver may have been asked to mirror for it: it carries the finalizer of its controller, or its status tells of what was reached,
 * as where somebody took the finalizer away by hand.
 */
export const wasActedOn = ({ kind, object }: Protector): boolean =>
  (object.metadata.finalizers ?? []).includes(finalizers[kind]) ||
  reachedStates.includes(object.status?.state);
