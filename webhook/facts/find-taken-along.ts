import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  volumeIdentityOf,
} from '../../core/model/persistent-volume.ts';
import { type ClaimKey, claimsOfVolume } from '../../core/protection/claims-of-volume.ts';
import type { TakenAlong } from '../../core/rules/protection-facts.ts';
import type { ReplicationHere } from '../../core/rules/replication-facts.ts';
import type { CachedView } from './cached-view.ts';
import { findProtection } from './find-protection.ts';

/** Replications of the same volume through claims that stay. */
const protectorsElsewhere = (
  view: CachedView,
  volume: PersistentVolume,
  goes: (claim: ClaimKey) => boolean,
): readonly ReplicationHere[] => {
  const identity = volumeIdentityOf(volume);
  if (identity === undefined) return [];
  return claimsOfVolume(view, identity)
    .filter((key) => !goes(key))
    .flatMap((key) => findProtection(view, key));
};

/**
 * PVs of claims that are deleted (`goes` tells which) whose policy takes the volume along, while replications protect it through
 * claims that stay. Within `readingOf`.
 */
export const findTakenAlong = (
  view: CachedView,
  claims: readonly PersistentVolumeClaim[],
  goes: (claim: ClaimKey) => boolean,
): readonly TakenAlong[] =>
  claims.flatMap(({ metadata, spec }) => {
    const volume = spec?.volumeName ? view.volume(spec.volumeName) : undefined;
    const policy = volume?.spec?.persistentVolumeReclaimPolicy ?? 'Retain';
    if (volume === undefined || policy === 'Retain') return [];
    const protectedBy = protectorsElsewhere(view, volume, goes);
    if (protectedBy.length === 0) return [];
    return [{ volumeName: volume.metadata.name ?? '', claimName: metadata.name ?? '', policy, protectedBy }];
  });
