import { keyOfClaim } from '../../protection/claims-of-volume.ts';
import type { RestoreConflict } from '../conflict.ts';
import { nameOf, type ObjectName } from '../object-name.ts';
import type { Target } from '../target.ts';
import type { Wanted, WantedVolume } from '../wanted.ts';

const isThereItself = (
  { volume, claim, sourceUids }: WantedVolume,
  target: Target,
): ObjectName | undefined => {
  const claimThere = target.claim(keyOfClaim(claim));
  if (sourceUids.claim !== undefined && claimThere?.metadata.uid === sourceUids.claim) return nameOf(claim);
  const volumeThere = target.volume(volume.metadata.name ?? '');
  return sourceUids.volume !== undefined && volumeThere?.metadata.uid === sourceUids.volume
    ? nameOf(volume)
    : undefined;
};

/**
 * Restoring onto the site that a backup was taken from would do nothing good, and is most often a mistyped context. A backup tells its
 * cluster; of plain manifests, an object with the very uid of the dump tells it.
 */
export const wrongCluster = (wanted: Wanted, target: Target): RestoreConflict | undefined => {
  const { site, clusterUid } = target;
  const next = 'name the other site with --to CONTEXT';
  const fact = `this is the site that the backup was taken from`;
  if (
    wanted.sourceClusterUid !== undefined &&
    clusterUid.known &&
    clusterUid.value === wanted.sourceClusterUid
  )
    return {
      object: { kind: 'Namespace', namespace: undefined, name: 'kube-system' },
      fact: `${site.name}: ${fact}`,
      next,
    };
  for (const volume of wanted.volumes) {
    const object = isThereItself(volume, target);
    if (object !== undefined)
      return { object, fact: `${fact}: it has the very uid of the source on ${site.name}`, next };
  }
  return undefined;
};
