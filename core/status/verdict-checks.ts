import { formatAge } from './age.ts';
import { onlyPrimaryOf, type PairFacts, type SideFacts, sidesOf } from './facts.ts';
import { criticalIntervals, isLate, lateIntervals } from './lag.ts';
import { askForState, describeClaim, describeReplication, probeSite, showClass } from './next-command.ts';
import { currentCondition } from './replication.ts';
import { type Verdict, verdict } from './verdict.ts';

/** One small named check; the verdicts of a pair are an ordered list of them. */
export type VerdictCheck = (facts: PairFacts) => Verdict | undefined;

const minute = 60_000;

/**
 * How long a change may take before it counts as stuck: the controller's call to the driver may last 3 minutes, and the
 * answers that pass by themselves (recorded from ceph-csi after a forced resync) last up to 90 seconds.
 */
const settleTime = 5 * minute;

const elapsed = (since: number | undefined, now: number): number | undefined =>
  since === undefined ? undefined : Math.max(0, now - since);

const lastsTooLong = ({ role }: SideFacts, now: number): boolean =>
  (elapsed(role.since, now) ?? 0) > settleTime;

const forAge = (since: number | undefined, now: number): string =>
  since === undefined ? '' : ` for ${formatAge(now - since)}`;

const objectOf = ({ volume }: SideFacts): string =>
  `${volume?.replication?.kind ?? 'VolumeReplication'} ${volume?.replication?.name ?? ''}`.trim();

const hasRole = (facts: PairFacts, ...roles: string[]): SideFacts | undefined =>
  sidesOf(facts).find(({ role }) => roles.includes(role.role));

const hasProgress = (facts: PairFacts, progress: string): SideFacts | undefined =>
  sidesOf(facts).find(({ role, volume }) => role.progress === progress && volume?.replication !== undefined);

/** A site that was not read may hold anything, another primary too. */
export const siteUnreadable: VerdictCheck = (facts) => {
  const side = sidesOf(facts).find(({ unreadable }) => unreadable !== undefined);
  if (side === undefined) return undefined;
  const others = sidesOf(facts).filter((other) => other !== side && other.unreadable === undefined);
  const primary = others.find(({ role }) => role.role === 'primary');
  const consequence =
    primary === undefined
      ? 'what a failover would lose is unknown'
      : `whether it is primary as well as ${primary.site.name} is unknown`;
  return verdict('Unknown', {
    reason: 'SiteUnreadable',
    message: `${side.site.name} cannot be read (${side.unreadable}): ${consequence}`,
    next: probeSite(side),
  });
};

/** Both sites take writes: each further write makes the two copies differ more. */
export const splitBrain: VerdictCheck = (facts) => {
  const primaries = sidesOf(facts).filter(({ role }) => role.role === 'primary');
  const [first, second] = primaries;
  if (first === undefined || second === undefined || facts.unmatched !== undefined) return undefined;
  const since = primaries.map(
    ({ site, role }) =>
      `${site.name}${role.since === undefined ? '' : ` since ${formatAge(facts.now - role.since)}`}`,
  );
  return verdict('SplitBrain', {
    reason: 'TwoPrimaries',
    message: `both sites are primary (${since.join(', ')}): stop the pods on the side to give up, then make it secondary`,
    next: describeClaim(first),
  });
};

/** Two VolumeReplications for one volume on one site: deleting the second switches mirroring off for the first. */
export const severalReplications: VerdictCheck = (facts) => {
  const side = sidesOf(facts).find(({ volume }) => (volume?.rivals.length ?? 0) > 0);
  if (side === undefined) return undefined;
  const rivals = side.volume?.rivals.join(', ');
  return verdict('Degraded', {
    reason: 'SeveralReplications',
    message: `${rivals} on ${side.site.name} names the same volume as ${objectOf(side)}: deleting either ends mirroring for both`,
    next: describeReplication(side),
  });
};

/** Nothing protects the volume anywhere. */
export const notReplicated: VerdictCheck = (facts) => {
  if (sidesOf(facts).some(({ volume }) => volume?.replication !== undefined)) return undefined;
  return verdict('Unprotected', {
    reason: 'NoReplication',
    message: 'no VolumeReplication or VolumeGroupReplication names this claim',
  });
};

/** Deleting the primary's object removes the peer's copy; deleting the replica's does not. */
export const replicationDeleting: VerdictCheck = (facts) => {
  const side = sidesOf(facts).find(({ volume }) => volume?.replication?.deletingSince !== undefined);
  const since = side?.volume?.replication?.deletingSince;
  if (side === undefined || since === undefined) return undefined;
  const age = facts.now - since;
  const isOnlyTheReplica = onlyPrimaryOf(facts) !== undefined && onlyPrimaryOf(facts) !== side;
  if (isOnlyTheReplica && age <= settleTime) return undefined;
  return isOnlyTheReplica
    ? verdict('Degraded', {
        reason: 'DeletionStuck',
        message: `${objectOf(side)} on ${side.site.name} has been terminating for ${formatAge(age)}`,
        next: describeReplication(side),
      })
    : verdict('Unprotected', {
        reason: 'Deleting',
        message: `${objectOf(side)} on ${side.site.name} is being deleted${age > settleTime ? ` for ${formatAge(age)}` : ''}: mirroring ends`,
        next: describeReplication(side),
      });
};

/** The controller has not acted on the spec as it stands. */
export const controllerIdle: VerdictCheck = (facts) => {
  const side = hasProgress(facts, 'ignored');
  if (side === undefined) return undefined;
  if (lastsTooLong(side, facts.now))
    return verdict('Degraded', {
      reason: 'ControllerNotActing',
      message: `no controller on ${side.site.name} has acted on ${objectOf(side)}${forAge(side.role.since, facts.now)}: see that one runs for its driver`,
      next: describeReplication(side),
    });
  return verdict('Moving', {
    reason: 'WaitingForController',
    message: `waiting for the controller on ${side.site.name} to make it ${side.role.wants}`,
    next: describeReplication(side),
  });
};

/** One is primary and the other is asked to be: a driver that is forced to would make two primaries. */
export const twoWantPrimary: VerdictCheck = (facts) => {
  const primary = onlyPrimaryOf(facts);
  const other = sidesOf(facts).find((side) => side !== primary);
  if (primary?.role.wants !== 'primary' || other?.role.wants !== 'primary') return undefined;
  return verdict('Degraded', {
    reason: 'TwoWantPrimary',
    message: `${other.site.name} is asked to become primary while ${primary.site.name} is: make ${other.site.name} secondary again`,
    next: askForState(other, 'secondary'),
  });
};

const verbs: Record<string, string> = { primary: 'promote', secondary: 'demote', resync: 'resync' };

/** The last attempt failed. Some answers pass by themselves, so it is a failure only after a while. */
export const attemptFailing: VerdictCheck = (facts) => {
  const side = hasProgress(facts, 'failing');
  if (side === undefined) return undefined;
  const asked = verbs[side.role.wants ?? ''] ?? 'change';
  const text = `${asked} on ${side.site.name} fails${forAge(side.role.since, facts.now)}: ${side.role.why}`;
  const isNew = !lastsTooLong(side, facts.now) && side.role.role !== 'primary';
  return isNew
    ? verdict('Moving', {
        reason: 'Retrying',
        message: `${text} (being retried)`,
        next: describeReplication(side),
      })
    : verdict('Degraded', { reason: 'AttemptFailing', message: text, next: describeReplication(side) });
};

/** Acted on, not failed, not done. */
export const changeRunning: VerdictCheck = (facts) => {
  const side = hasProgress(facts, 'changing');
  if (side === undefined || side.role.role === 'resyncing') return undefined;
  const message = `${site(side)} is on its way to ${side.role.wants}${forAge(side.role.since, facts.now)}: ${side.role.why}`;
  return verdict(lastsTooLong(side, facts.now) ? 'Degraded' : 'Moving', {
    reason: lastsTooLong(side, facts.now) ? 'ChangeStuck' : 'Changing',
    message,
    next: describeReplication(side),
  });
};

const site = ({ site: { name } }: SideFacts): string => name;

/** The identity rules; equal names may be different volumes. One site alone has nothing to be matched with. */
export const identityUnknown: VerdictCheck = (facts) => {
  if (facts.there === undefined || facts.unmatched === undefined) return undefined;
  return verdict('Unknown', {
    reason: 'IdentityUnknown',
    message: `the two sites are matched by name only: ${facts.unmatched}`,
    next: describeClaim(facts.here) ?? describeClaim(facts.there),
  });
};

/** With one site known, a replica says nothing about its primary. */
export const replicaWithoutPeer: VerdictCheck = (facts) => {
  if (facts.there !== undefined || facts.here.role.role === 'primary') return undefined;
  return verdict('Unknown', {
    reason: 'NoPeer',
    message: `${facts.here.site.name} holds the replica, and no other site is known: name it with --peer-context`,
  });
};

/** Both copies are demoted: the middle of a planned move, or a move that stopped there. */
export const noPrimary: VerdictCheck = (facts) => {
  if (hasRole(facts, 'primary') !== undefined) return undefined;
  const demoted = sidesOf(facts).filter(({ volume }) => volume?.replication !== undefined);
  const [side] = demoted;
  if (side === undefined) return undefined;
  const waiting = demoted.find(({ role }) => !role.inSync);
  if (waiting === undefined)
    return verdict('NoPrimary', {
      reason: 'InSync',
      message: `no site is primary, and the copies are in sync: make the site primary that is to run the application`,
      next: askForState(side, 'primary'),
    });
  const message = `no site is primary: ${site(waiting)} is not in sync yet${forAge(waiting.role.since, facts.now)}`;
  return lastsTooLong(waiting, facts.now)
    ? verdict('NoPrimary', { reason: 'NotInSync', message, next: describeReplication(waiting) })
    : verdict('Moving', { reason: 'Demoted', message, next: describeReplication(waiting) });
};

/** The primary's own conditions say that something is wrong. */
export const primaryDegraded: VerdictCheck = (facts) => {
  const side = onlyPrimaryOf(facts);
  const replication = side?.volume?.replication;
  if (side === undefined || replication === undefined) return undefined;
  const degraded = currentCondition(replication, 'Degraded');
  const replicating = currentCondition(replication, 'Replicating');
  const bad = [degraded?.status === 'True' && degraded, replicating?.status === 'False' && replicating].find(
    (condition) => condition !== false,
  );
  if (!bad) return undefined;
  return verdict('Degraded', {
    reason: bad.reason,
    message: `${side.site.name}: ${bad.message.trim().replace(/:$/, '')}`,
    next: describeReplication(side),
  });
};

/** No sync yet: new protection, or a direction that was turned round. Later than two intervals it will not come. */
export const neverSynced: VerdictCheck = (facts) => {
  const side = onlyPrimaryOf(facts);
  const { schedule, lastSync } = facts.lag;
  if (side === undefined || lastSync !== undefined) return undefined;
  if (schedule.known && schedule.value.kind === 'journal') return undefined;
  if (schedule.known && schedule.value.kind === 'none')
    return verdict('Lagging', {
      level: 'error',
      reason: 'NoSchedule',
      message: `nothing has been sent to the peer: class ${side.volume?.replication?.className} has no schedulingInterval`,
      next: showClass(side),
    });
  const interval = schedule.known && schedule.value.kind === 'interval' ? schedule.value.milliseconds : 0;
  const patience = Math.max(settleTime, lateIntervals * interval);
  const waited = elapsed(side.role.since, facts.now) ?? 0;
  if (waited > patience)
    return verdict('Lagging', {
      level: 'error',
      reason: 'NeverSynced',
      message: `${side.site.name} has been primary${forAge(side.role.since, facts.now)} and no sync is complete`,
      next: describeReplication(side),
    });
  const resyncing = hasRole(facts, 'resyncing');
  return verdict('Moving', {
    reason: resyncing === undefined ? 'FirstSyncPending' : 'Resyncing',
    message:
      resyncing === undefined
        ? `first sync from ${side.site.name} is on its way`
        : `${resyncing.site.name} is replacing its copy by the one of ${side.site.name}`,
  });
};

/** Which interval is promised is not known, so neither is whether it is kept. */
export const scheduleUnknown: VerdictCheck = (facts) => {
  const side = onlyPrimaryOf(facts);
  const { schedule } = facts.lag;
  if (side === undefined || (schedule.known && schedule.value.kind !== 'none')) return undefined;
  const why = schedule.known
    ? `class ${side.volume?.replication?.className} has no schedulingInterval`
    : schedule.why;
  return verdict('Unknown', {
    reason: 'ScheduleUnknown',
    message: `whether the last sync is late is unknown: ${why}`,
    next: showClass(side),
  });
};

/** The last sync is older than two intervals. */
export const lagging: VerdictCheck = (facts) => {
  const side = onlyPrimaryOf(facts);
  const { lag } = facts;
  if (side === undefined || !isLate(lag) || lag.milliseconds === undefined) return undefined;
  return verdict('Lagging', {
    level: (lag.intervals ?? 0) >= criticalIntervals ? 'error' : 'warning',
    reason: 'SyncLate',
    message: `last sync was ${formatAge(lag.milliseconds)} ago, ${(lag.intervals ?? 0).toFixed(1)} intervals: see the link and the mirror daemons`,
    next: describeReplication(side),
  });
};

/** Everything that can be wrong is not. */
export const healthy: VerdictCheck = (facts) => {
  const side = onlyPrimaryOf(facts);
  if (side === undefined) return undefined;
  return verdict('Protected', {
    reason: facts.there === undefined ? 'ReplicatingNoPeer' : 'Replicating',
    message: `${side.site.name} is primary and replicating`,
  });
};
