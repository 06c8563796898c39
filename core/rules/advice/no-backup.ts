import { formatAge } from '../../status/age.ts';
import type { AdviceFacts } from '../advice-facts.ts';
import { kubectl } from '../guard/commands.ts';
import { changeAsked } from './change-asked.ts';

/** A nightly backup may fail once before anybody is bothered. */
export const staleBackupMs = 48 * 3_600_000;

/** DR304. After a disaster the objects of the volume come from a backup, because the site that holds them is gone. */
export const noBackup = (facts: AdviceFacts): string | undefined => {
  const asked = changeAsked(facts);
  if (!asked?.lastBackupAt.known) return undefined;
  const { change, lastBackupAt, now } = asked;
  const what = `the claim of ${change.kind} ${change.name} and its volume`;
  const remedy = `Keep copies outside this cluster: ${kubectl(change, 'get pvc -o yaml')}, kubectl get pv -o yaml`;
  if (lastBackupAt.value === undefined) {
    return `no backup of ${what} is on record, and the other site cannot use its copy without them. ${remedy}`;
  }
  const age = now - lastBackupAt.value;
  if (age <= staleBackupMs) return undefined;
  return `${what} were last backed up ${formatAge(age)} ago, as far as is on record, and a restore brings them back as they were then. ${remedy}`;
};
