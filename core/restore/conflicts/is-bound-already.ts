import { keyOfClaim } from '../../protection/claims-of-volume.ts';
import type { VolumeFacts } from './volume-rule.ts';

/** The target has the claim, bound to this very PV: whatever it needed for that is past. */
export const isBoundAlready = ({
  wanted: { claim, volume },
  target,
}: Pick<VolumeFacts, 'wanted' | 'target'>): boolean => {
  const there = target.claim(keyOfClaim(claim));
  const bound = target.volume(volume.metadata.name ?? '');
  return (
    there?.status?.phase === 'Bound' &&
    there.spec?.volumeName === volume.metadata.name &&
    there.metadata.uid !== undefined &&
    bound?.spec?.claimRef?.uid === there.metadata.uid
  );
};
