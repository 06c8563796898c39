import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { known, type Reading, unknown } from '../model/reading.ts';
import type { VolumeGroupReplication } from '../model/volume-group-replication.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import type { ReplicationHere } from '../rules/replication-facts.ts';
import { type Replication, replicationOfGroup, replicationOfVolume } from '../status/replication.ts';
import { type ClaimKey, claimKeyText } from './claims-of-volume.ts';
import { markedGroupOf, takesIn, whySelectorUnknown } from './group-members.ts';

/** A replication that takes a claim in. */
export type Protector =
  | { readonly kind: 'VolumeReplication'; readonly object: VolumeReplication }
  | { readonly kind: 'VolumeGroupReplication'; readonly object: VolumeGroupReplication };

/** Finds replications of one site by `sourceKeyOf`, and groups by namespace. */
export type ReplicationLookup = {
  replicationsOf(source: string): readonly VolumeReplication[];
  groupsIn(namespace: string): readonly VolumeGroupReplication[];
};

/** The group that a VolumeReplication carries the state of, as `sourceKeyOf` writes it. */
export const groupSourceKey = (namespace: string, group: string): string => `${namespace}/group/${group}`;

/** What a VolumeReplication mirrors, as one text: a claim or a group of its own namespace. Undefined for a kind that nobody mirrors. */
export const sourceKeyOf = ({
  metadata: { namespace = '' },
  spec,
}: VolumeReplication): string | undefined => {
  const { kind, name } = spec.dataSource;
  if (kind === 'PersistentVolumeClaim') return claimKeyText({ namespace, name });
  return kind === 'VolumeGroupReplication' ? groupSourceKey(namespace, name) : undefined;
};

/** A group's VolumeReplications stand for a claim only where the group itself is gone: else it is looked at itself. */
const orphansOf = (lookup: ReplicationLookup, key: ClaimKey, claim: PersistentVolumeClaim): Protector[] => {
  const group = markedGroupOf(claim);
  const isThere = lookup.groupsIn(key.namespace).some(({ metadata }) => metadata.name === group);
  if (group === undefined || isThere) return [];
  return lookup
    .replicationsOf(groupSourceKey(key.namespace, group))
    .map((object) => ({ kind: 'VolumeReplication', object }));
};

/**
 * Everything that replicates a claim, which may be missing: then only a VolumeReplication can name it. Unknown where a group's
 * selector cannot be understood.
 */
export const protectorsOf = (
  lookup: ReplicationLookup,
  key: ClaimKey,
  claim: PersistentVolumeClaim | undefined,
): Reading<readonly Protector[]> => {
  const single = lookup
    .replicationsOf(claimKeyText(key))
    .map((object): Protector => ({ kind: 'VolumeReplication', object }));
  if (claim === undefined) return known(single);
  const groups: Protector[] = [];
  for (const object of lookup.groupsIn(key.namespace)) {
    const isIn = takesIn(object, claim);
    if (isIn === undefined) return unknown(whySelectorUnknown(object));
    if (isIn) groups.push({ kind: 'VolumeGroupReplication', object });
  }
  return known([...single, ...groups, ...orphansOf(lookup, key, claim)]);
};

/** A protector as its role is read. */
export const replicationOfProtector = (protector: Protector): Replication =>
  protector.kind === 'VolumeReplication'
    ? replicationOfVolume(protector.object)
    : replicationOfGroup(protector.object);

/** A protector as the rules know it. */
export const replicationHereOf = ({ kind, object }: Protector, claimName: string): ReplicationHere => ({
  kind,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name ?? '',
  claimName,
  wants: object.spec.replicationState,
  state: object.status?.state ?? '',
});
