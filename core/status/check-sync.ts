import { formatAge } from './age.ts';
import { drCommand } from './dr-command.ts';
import { onlyPrimaryOf, type PairFacts, type SideFacts, sidesOf } from './facts.ts';
import { criticalIntervals, isLate } from './lag.ts';
import { describeReplication, showClass } from './next-command.ts';
import { elapsed, firstSyncPatience, forAge, settleTime } from './patience.ts';
import { currentCondition } from './replication.ts';
import type { SiteName } from './snapshot.ts';
import { type VerdictCheck, verdict } from './verdict.ts';
import { saysVolumeNotFound } from './volume-not-found.ts';

// Checks of the copy: whether data travels, and whether it does so in time.

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

/** The driver of the primary does not know the image any more: whatever was synced before, nothing is mirrored now. */
export const imageGone: VerdictCheck = (facts) => {
  const side = onlyPrimaryOf(facts);
  const replication = side?.volume?.replication;
  if (side === undefined || replication === undefined) return undefined;
  const health = currentCondition(replication, 'Replicating');
  if (health?.status !== 'Unknown' || !saysVolumeNotFound(health.message)) return undefined;
  return verdict('Degraded', {
    reason: 'ImageNotFound',
    message: `the driver of ${side.site.name} does not find the image of the volume, so that nothing is mirrored: ${health.message.trim()}`,
    next: describeReplication(side),
  });
};

/** It was followed, and the driver tells of no sync any more. A look that fails once passes; a copy that fails does not. */
export const noLongerFollowed: VerdictCheck = (facts) => {
  const side = onlyPrimaryOf(facts);
  const { followed, now } = facts;
  if (side === undefined || followed?.state !== 'no' || !followed.isLost) return undefined;
  const isOverdue = (elapsed(followed.since, now) ?? 0) > settleTime;
  const replica = sidesOf(facts).find((it) => it !== side);
  return verdict(isOverdue ? 'Degraded' : 'Moving', {
    reason: 'NoLongerFollowed',
    message: `not followed any more${forAge(followed.since, now)}: what is written on ${side.site.name} now is on it alone`,
    next: describeReplication(replica?.volume?.replication === undefined ? side : replica),
  });
};

/** No sync since its promote: new protection, or a direction that was turned round. Later than two intervals it will not come. */
export const neverSynced: VerdictCheck = (facts) => {
  const side = onlyPrimaryOf(facts);
  const { schedule, lastSync } = facts.lag;
  if (side === undefined || (lastSync !== undefined && facts.followed?.state !== 'no')) return undefined;
  if (schedule.known && schedule.value.kind === 'journal') return undefined;
  if (schedule.known && schedule.value.kind === 'none')
    return verdict('Lagging', {
      level: 'error',
      reason: 'NoSchedule',
      message: `nothing has been sent to the peer: class ${side.volume?.replication?.className} has no schedulingInterval`,
      next: showClass(side),
    });
  const interval = schedule.known && schedule.value.kind === 'interval' ? schedule.value.milliseconds : 0;
  const patience = firstSyncPatience(interval);
  const waited = elapsed(side.role.since, facts.now) ?? 0;
  if (waited > patience)
    return verdict('Lagging', {
      level: 'error',
      reason: 'NeverSynced',
      message: `${side.site.name} has been primary${forAge(side.role.since, facts.now)}, and no sync since then is complete: the other site does not follow it`,
      next: describeReplication(side),
    });
  const resyncing = sidesOf(facts).find(({ role }) => role.role === 'resyncing');
  return verdict('Moving', {
    reason: resyncing === undefined ? 'FirstSyncPending' : 'Resyncing',
    message:
      resyncing === undefined
        ? `not followed yet: ${formatAge(waited)} since ${side.site.name} became primary, and what is written now is on it alone`
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

/** What a failover would bring to a site that has no claim for the volume. */
const restoredFrom = ({ namespace, claimName, now }: PairFacts, primary: SideFacts, target: SiteName) => {
  const lacks = `${target.name} has no claim for it`;
  const backup = primary.volume?.replication?.backup;
  if (backup === undefined)
    return {
      message: `${lacks}, and no backup is on record to fail over with`,
      next: drCommand(primary.site, 'backup', {
        namespace: primary.volume?.namespace ?? namespace,
        name: primary.volume?.claimName ?? claimName,
      }),
    };
  const age = formatAge(Math.max(0, now - backup.at));
  return {
    message: `${lacks}: a failover takes it from a backup, the last on record is ${age} old`,
    next: undefined,
  };
};

/** Everything that can be wrong is not. The copy is there in any case; whether anybody could mount it is said beside. */
export const healthy: VerdictCheck = (facts) => {
  const side = onlyPrimaryOf(facts);
  if (side === undefined) return undefined;
  const { withoutClaim } = facts;
  const message = `${side.site.name} is primary and replicating`;
  if (withoutClaim === undefined)
    return verdict('Protected', {
      reason: facts.there === undefined ? 'ReplicatingNoPeer' : 'Replicating',
      message,
    });
  const restored = restoredFrom(facts, side, withoutClaim);
  return verdict('Protected', {
    reason: restored.next === undefined ? 'ReplicatingNoClaim' : 'ReplicatingNoBackup',
    level: restored.next === undefined ? 'ok' : 'warning',
    message: `${message}; ${restored.message}`,
    next: restored.next,
  });
};
