import type { ConsentAction } from '../consent.ts';
import { millisecondsOf } from '../model/api-time.ts';
import { formatAge } from '../status/age.ts';
import { drCommand } from '../status/dr-command.ts';
import { cannot, type Decision } from './decision.ts';
import { judgeStep, withWish } from './judge-step.ts';
import { replicationToChange } from './own-replication.ts';
import type { RpoAtRisk } from './rpo-at-risk.ts';
import { refusedByRules, ruleObstacles } from './rule-obstacles.ts';
import { seenByGiver } from './seen-by-giver.ts';
import { roleOf, type StepFacts } from './step-facts.ts';

/** How old what this site holds is: it has all that the primary had sent when its last sync ended, and nothing newer of it. */
const ageOfCopy = ({ peer, there }: StepFacts, now: number): string => {
  const lastSync = millisecondsOf(peer.replication?.object.status?.lastSyncTime);
  return lastSync === undefined
    ? `its age is not known, as no sync from ${there?.name} has reached it`
    : `it holds what ${there?.name} had ${formatAge(Math.max(0, now - lastSync))} ago`;
};

const describeLoss = (facts: StepFacts, now: number): string => {
  const { here, there, role } = facts;
  const since = role.since === undefined ? '' : ` for ${formatAge(Math.max(0, now - role.since))}`;
  return `the copy on ${here.name} (secondary${since}; ${ageOfCopy(facts, now)}), with whatever was written there alone; the one of ${there?.name} replaces it`;
};

const isPrimaryThere = ({ peer: { view } }: StepFacts): boolean =>
  view.state === 'primary' && view.by === 'both';

/** The claim as the other site calls it. */
const keyThere = ({ key, peer: { replication } }: StepFacts): StepFacts['key'] =>
  replication?.kind === 'VolumeReplication'
    ? {
        namespace: replication.object.metadata.namespace ?? key.namespace,
        name: replication.object.spec.dataSource.name,
      }
    : key;

/**
 * A primary is not resynced, and which of two copies is to be thrown away is nothing that the site of a command tells: beside another
 * primary it may be either, and without one this is the good copy.
 */
const whilePrimary = (facts: StepFacts): Decision => {
  const { here, there, key, peer } = facts;
  const about = `${here.name} is primary for claim ${key.namespace}/${key.name}, or is to become so: only a secondary is resynced`;
  const replica = roleOf(peer.replication);
  const isReplica = there !== undefined && ['secondary', 'resyncing'].includes(replica.role);
  if (peer.view.state === 'primary' && there !== undefined)
    return cannot(
      'NotDemoted',
      `${about}. ${there.name} is primary, or is to become so, as well: one of the two copies is older`,
      drCommand(here, 'status', key),
    );
  if (!isReplica) return cannot('NotDemoted', about, drCommand(here, 'status', key));
  const isOutdated = replica.progress === 'failing';
  return cannot(
    'NotDemoted',
    `${about}. ${there.name} has the replica${isOutdated ? `, which does not follow: ${replica.why}` : ''}`,
    isOutdated ? drCommand(there, 'resync', keyThere(facts)) : drCommand(here, 'status', key),
  );
};

/** How the copy of this site is thrown away and fetched anew from the other one, which has to be known to be primary. */
export const decideResync = (facts: StepFacts, { now }: { readonly now: number }): Decision => {
  const own = replicationToChange(facts);
  if ('obstacle' in own) return own.obstacle;
  const { replication, key } = own;
  if (replication.spec.replicationState === 'resync') return { kind: 'await', key };
  if (replication.spec.replicationState === 'primary' || facts.role.role === 'primary')
    return whilePrimary(facts);
  const step = { before: replication, after: withWish(replication, 'resync') };
  // Without a good copy over there nobody is asked: there would be nothing to fetch.
  const offers: readonly ConsentAction[] = isPrimaryThere(facts) ? ['resync'] : [];
  const { refusals, waived } = judgeStep(facts, step, { withoutPeer: 'refuse', offers, now });
  if (refusals.length > 0) return refusedByRules(refusals, facts.here);
  const loss: RpoAtRisk = { known: false, why: 'nobody can tell what was written there alone' };
  return {
    kind: 'write',
    key,
    writes: [{ kind: 'ask', before: replication, replicationState: 'resync' }],
    message: `resynced from ${facts.there?.name}`,
    consent: {
      accepts: waived.length === 0 ? [] : ['resync'],
      obstacles: ruleObstacles(waived, facts.here),
      loses: describeLoss(facts, now),
      loss,
      seen: seenByGiver(facts, 'resync', loss),
    },
  };
};
