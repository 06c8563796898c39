import type { RestoreConflict } from './conflict.ts';
import type { VolumeFacts } from './conflicts/volume-rule.ts';
import { conflictsOfVolume } from './conflicts/volume-rules.ts';
import type { VolumePlan } from './plan.ts';
import { stepForClaim } from './step-for-claim.ts';
import { stepForVolume } from './step-for-volume.ts';

/** What is done for one volume, or what stands against it. Asked again where something turned up meanwhile. */
export type PlannedVolume =
  | { readonly conflicts: readonly [RestoreConflict, ...RestoreConflict[]] }
  | { readonly conflicts: readonly []; readonly plan: VolumePlan };

/** Decides about one volume. */
export const planVolume = (facts: VolumeFacts): PlannedVolume => {
  const [conflict, ...more] = conflictsOfVolume(facts);
  if (conflict !== undefined) return { conflicts: [conflict, ...more] };
  return {
    conflicts: [],
    plan: { wanted: facts.wanted, volume: stepForVolume(facts), claim: stepForClaim(facts) },
  };
};
