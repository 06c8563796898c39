import type { CopyFacts } from '../../following/copy-facts.ts';
import { wasPrimaryBefore } from '../../following/demotion.ts';
import { oneLine } from '../one-line.ts';
import type { ReplicationChange, ReplicationFacts } from '../replication-facts.ts';
import { nameReplication, showBothSites } from './commands.ts';
import { listNames } from './list-names.ts';
import type { GuardRule } from './objection.ts';
import { judgedReplication } from './replication-intent.ts';

const nameClaims = ({ change, members }: ReplicationFacts): string => {
  if (!members.known || members.value.length === 0) return '';
  const word = members.value.length === 1 ? 'claim' : 'claims';
  return ` ${word} ${listNames(members.value.map(({ claimName }) => `${change.namespace}/${claimName}`))}`;
};

/** Undefined: a group, or not known. */
const onlyClaim = ({ members }: ReplicationFacts): string | undefined => {
  const [only, ...more] = members.known ? members.value : [];
  return more.length === 0 ? only?.claimName : undefined;
};

/** A copy that never got what was written here is none to go on with, wherever it stays behind. */
const notFollowed = ({ followed }: CopyFacts): string =>
  followed.state === 'no'
    ? '; what was written since it became primary is here alone, as the other site has not followed'
    : '';

/** Of a site that was primary itself nobody can say here that it is a mere replica: the other site is not asked. */
const onlyWhole = ({ demotion }: CopyFacts): string =>
  wasPrimaryBefore(demotion)
    ? '; it was demoted, and unless the other site is primary, its copy may be the only whole one'
    : '';

const nameRisk = ({ state }: ReplicationChange, copy: CopyFacts): string => {
  const end = 'deleting it ends the mirroring';
  if (state === 'Primary')
    return `${end}, and as it is primary, removes the other site's copy${notFollowed(copy)}`;
  return state === 'Secondary'
    ? `${end}${onlyWhole(copy)}`
    : `${end}, and if it is primary, removes the other site's copy`;
};

/** DR110. Mirroring is not ended in passing: Disable on a primary has the driver remove the other site's copy. */
export const endOfMirroring: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  if (replication === undefined) return [];
  const { change, namespaceTerminating } = replication;
  if (change.operation !== 'DELETE' || change.isTerminating || !change.isProtecting) return [];
  if (namespaceTerminating.known && namespaceTerminating.value) return [];
  const doubt = namespaceTerminating.known
    ? ''
    : ` (whether its namespace is being deleted is unknown: ${oneLine(namespaceTerminating.why)})`;
  return [
    {
      fact: `${nameReplication(change)} still protects${nameClaims(replication)}${doubt}`,
      risk: nameRisk(change, replication.copy),
      next: `Keep it while the other site's copy is wanted; both sites: ${showBothSites(change.namespace, onlyClaim(replication))}`,
    },
  ];
};
