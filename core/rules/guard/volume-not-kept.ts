import { volumeIdentityOf, volumeIdentityText } from '../../model/persistent-volume.ts';
import type { Reading } from '../../model/reading.ts';
import { policyOf, takenBy } from '../../protection/fate-of-volume.ts';
import { oneLine } from '../one-line.ts';
import type { VolumeFacts } from '../protection-facts.ts';
import { cannotTell } from './cannot-tell.ts';
import { nameReplication, setRetain } from './commands.ts';
import type { GuardRule, Objection } from './objection.ts';

const nothing: Reading<readonly never[]> = { known: true, value: [] };

const risk = 'its provisioner deletes the volume with the PV, and the data of whoever protects it';

const keepIt = ({ operation, name }: VolumeFacts): string =>
  operation === 'CREATE'
    ? 'Create it with spec.persistentVolumeReclaimPolicy: Retain; see what there is: kubectl get pv'
    : `Keep the volume first: ${setRetain([name])}`;

const isTold = ({ operation, before, after }: VolumeFacts): boolean => {
  if (operation === 'CREATE') return true;
  const [old, now] = [before, after].map((volume) => volume?.spec?.claimRef);
  return old?.namespace !== now?.namespace || old?.name !== now?.name || old?.uid !== now?.uid;
};

/**
 * DR114. Every PV of a protected volume keeps it, whatever the PV is called and whichever claim has it: a provisioner deletes the volume
 * of a released PV that does not, at any time, and asks nobody.
 */
export const volumeNotKept: GuardRule = (facts): readonly Objection[] => {
  if (facts.subject !== 'volume' || facts.after === undefined) return [];
  const { name, after, protectedBy, protectedThere = nothing } = facts;
  const identity = volumeIdentityOf(after);
  if (identity === undefined || policyOf(after) === 'Retain') return [];
  const about = `PV ${oneLine(name)}`;
  const verb = `has reclaim policy ${policyOf(after)}: ${takenBy(after)}`;
  // A change of the policy alone is judged by DR104 as far as this site protects the volume.
  const here = isTold(facts) ? protectedBy : nothing;
  const [own] = here.known ? here.value : [];
  const [far] = protectedThere.known ? protectedThere.value : [];
  const protector = own ?? far;
  if (protector !== undefined) {
    const at = own === undefined ? ` of ${oneLine(far?.site ?? '')}` : '';
    return [
      {
        fact: `${about} is of volume ${oneLine(volumeIdentityText(identity))}, which ${nameReplication(protector)}${at} protects, and ${verb}`,
        risk,
        next: keepIt(facts),
      },
    ];
  }
  const unread = [here, protectedThere].find((reading) => !reading.known);
  if (unread === undefined || unread.known) return [];
  const objection = cannotTell(
    `whether the volume of ${about} is protected, and it ${verb}`,
    unread.why,
    `if it is, ${risk}`,
  );
  return [{ ...objection, next: keepIt(facts) }];
};
