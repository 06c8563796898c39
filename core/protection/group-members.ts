import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { known, type Reading, unknown } from '../model/reading.ts';
import type { VolumeGroupReplication } from '../model/volume-group-replication.ts';
import { replicationNames } from '../model/volume-replication.ts';
import { matchesSelector } from './label-selector.ts';

/** The group whose controller left its mark on a claim. */
export const markedGroupOf = ({ metadata }: PersistentVolumeClaim): string | undefined =>
  metadata.annotations?.[replicationNames.pvcGroupOwnerAnnotation];

/** What of a group says which claims are in it. */
export type GroupExtent = Pick<VolumeGroupReplication, 'metadata' | 'status'> & {
  readonly spec: Pick<VolumeGroupReplication['spec'], 'source'>;
};

/**
 * Whether a group takes in a claim of its namespace: the selector finds it, its controller marked it, or the group's status
 * lists it, for one that left the selector is in the group until the controller has let it go. Undefined: nobody can tell.
 */
export const takesIn = (group: GroupExtent, claim: PersistentVolumeClaim): boolean | undefined => {
  if (claim.metadata.namespace !== group.metadata.namespace) return false;
  const listed = group.status?.persistentVolumeClaimsRefList ?? [];
  const isHeld =
    markedGroupOf(claim) === group.metadata.name || listed.some(({ name }) => name === claim.metadata.name);
  return isHeld || matchesSelector(group.spec.source.selector, claim.metadata.labels);
};

/** What is said of a group whose selector nobody understands. */
export const whySelectorUnknown = ({
  metadata: { namespace, name },
}: Pick<GroupExtent, 'metadata'>): string =>
  `the selector of VolumeGroupReplication ${namespace}/${name} has an operator or values that cannot be understood`;

/** The claims of one namespace that a group takes in. */
export const membersOf = (
  group: GroupExtent,
  claims: readonly PersistentVolumeClaim[],
): Reading<readonly PersistentVolumeClaim[]> => {
  const members: PersistentVolumeClaim[] = [];
  for (const claim of claims) {
    const isIn = takesIn(group, claim);
    if (isIn === undefined) return unknown(whySelectorUnknown(group));
    if (isIn) members.push(claim);
  }
  return known(members);
};
