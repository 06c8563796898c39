import type { RestoreConflict } from '../conflict.ts';
import { claimNotUsable } from './claim-not-usable.ts';
import { claimReservedTwice } from './claim-reserved-twice.ts';
import { classMissing } from './class-missing.ts';
import { driverMissing } from './driver-missing.ts';
import { handleOfAnotherImage } from './handle-of-another-image.ts';
import { nameOfAnotherVolume } from './name-of-another-volume.ts';
import { neverBinds } from './never-binds.ts';
import { noCsiSource } from './no-csi-source.ts';
import { volumeExists } from './volume-exists.ts';
import { volumeNotFree } from './volume-not-free.ts';
import type { VolumeFacts, VolumeRule } from './volume-rule.ts';
import { volumeUnderAnotherName } from './volume-under-another-name.ts';

/** What may stand against one volume. A PV is spoken of once: the first of its rules that applies says the worst of it. */
const rulesOfVolume: readonly VolumeRule[] = [
  noCsiSource,
  handleOfAnotherImage,
  nameOfAnotherVolume, // the bytes would be those of somebody else
  volumeUnderAnotherName, // two claims would write to the same bytes
  volumeNotFree,
  volumeExists,
];

/** The same for its claim. */
const rulesOfClaim: readonly VolumeRule[] = [claimNotUsable, claimReservedTwice, neverBinds];

/** What both need. */
const rulesOfSurroundings: readonly VolumeRule[] = [classMissing, driverMissing];

const first = (rules: readonly VolumeRule[], facts: VolumeFacts): RestoreConflict[] => {
  for (const rule of rules) {
    const conflict = rule(facts);
    if (conflict !== undefined) return [conflict];
  }
  return [];
};

/** Everything that stands against one volume, worst first. */
export const conflictsOfVolume = (facts: VolumeFacts): readonly RestoreConflict[] => [
  ...first(rulesOfVolume, facts),
  ...first(rulesOfClaim, facts),
  ...rulesOfSurroundings.flatMap((rule) => rule(facts) ?? []),
];
