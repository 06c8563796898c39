import { type PersistentVolume, volumeIdentityOf } from '../../core/model/persistent-volume.ts';
import { readingOf } from '../../core/model/reading-of.ts';
import {
  type ClaimKey,
  claimKeyText,
  claimsOfPersistentVolume,
  claimsOfVolume,
} from '../../core/protection/claims-of-volume.ts';
import type { VolumeFacts } from '../../core/rules/protection-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { CachedView } from './cached-view.ts';
import { findProtection } from './find-protection.ts';
import { deletedObject, readVolume } from './read-object.ts';

const policyOf = ({ spec }: PersistentVolume): string => spec?.persistentVolumeReclaimPolicy ?? 'Retain';

/**
 * Claims that suffer from what becomes of a PV: its own; and where its policy takes the volume away with it, all that have the
 * volume through another PV.
 */
const claimsConcerned = (view: CachedView, volume: PersistentVolume, policy: string): readonly ClaimKey[] => {
  const identity = policy === 'Retain' ? undefined : volumeIdentityOf(volume);
  const keys = [
    ...claimsOfPersistentVolume(view, volume),
    ...(identity === undefined ? [] : claimsOfVolume(view, identity)),
  ];
  return [...new Map(keys.map((key) => [claimKeyText(key), key])).values()];
};

/** A PV that is deleted, or whose reclaim policy changes; undefined for any other change. Throws `ObjectUnreadable`. */
export const gatherVolume = (view: CachedView, request: AdmissionRequest): VolumeFacts | undefined => {
  const { operation } = request;
  if (operation !== 'UPDATE' && operation !== 'DELETE') return undefined;
  const before = readVolume(deletedObject('PersistentVolume', request.oldObject));
  const after = operation === 'UPDATE' ? readVolume(request.object) : undefined;
  if (after !== undefined && policyOf(after) === policyOf(before)) return undefined;
  return {
    subject: 'volume',
    operation,
    name: before.metadata.name ?? request.name,
    before,
    after,
    protectedBy: readingOf(() =>
      claimsConcerned(view, before, policyOf(after ?? before)).flatMap((key) => findProtection(view, key)),
    ),
  };
};
