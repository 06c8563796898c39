import { isApart } from '../following/demotion.ts';
import { syncSincePromote } from '../following/followed.ts';
import { formatAge } from './age.ts';
import { undoOf } from './check-operation.ts';
import { drCommand } from './dr-command.ts';
import { onlyPrimaryOf, type PairFacts, type SideFacts, sidesOf } from './facts.ts';
import { describeReplication } from './next-command.ts';
import { elapsed, forAge, lastsTooLong, longestSo, settleTime } from './patience.ts';
import { isUnknownToDriver, type Progress } from './role.ts';
import { type VerdictCheck, verdict } from './verdict.ts';

// Checks of what is under way: objects that come, go or fight, and controllers that act, fail or do nothing.

const objectOf = ({ volume }: SideFacts): string =>
  `${volume?.replication?.kind ?? 'VolumeReplication'} ${volume?.replication?.name ?? ''}`.trim();

const sidesWith = (facts: PairFacts, progress: Progress): readonly SideFacts[] =>
  sidesOf(facts).filter(
    // A resync goes on until the copies are equal, which they are not while the peer is primary.
    ({ role, volume }) =>
      role.progress === progress &&
      volume?.replication !== undefined &&
      !(progress === 'changing' && role.role === 'resyncing'),
  );

const hasProgress = (facts: PairFacts, progress: Progress): SideFacts | undefined =>
  longestSo(sidesWith(facts, progress));

const verbs: Record<string, string> = { primary: 'promote', secondary: 'demote', resync: 'resync' };

/** Deleting the primary's object removes the peer's copy; deleting the replica's does not. */
export const replicationDeleting: VerdictCheck = (facts) => {
  const primary = onlyPrimaryOf(facts);
  const deleting = sidesOf(facts).filter(({ volume }) => volume?.replication?.deletingSince !== undefined);
  const side = deleting.find((candidate) => candidate === primary) ?? deleting[0];
  const since = side?.volume?.replication?.deletingSince;
  if (side === undefined || since === undefined) return undefined;
  const age = facts.now - since;
  const isOnlyTheReplica = primary !== undefined && primary !== side;
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

/** Once it is demoted, all that is asked of the driver is how far the two copies are. */
const whatFails = ({ site, role: { role, wants } }: SideFacts): string =>
  role === 'secondary' && wants === 'secondary'
    ? `${site.name} is demoted, and its look at the other copy fails`
    : `${verbs[wants ?? ''] ?? 'change'} on ${site.name} fails`;

/** How long a driver takes to show a replica's first snapshot after a promote, in milliseconds: 58 s were recorded from ceph-csi. */
const firstSnapshotMs = 2 * 60_000;

/** Said of an image in split brain, and for as long as its copy is made anew. */
const splitBrainText = /split.?brain/i;
/** ceph-csi's words where a replica's image shows no snapshot: in split brain, and for less than a minute after a demotion (recorded). */
const noSnapshotText = 'no snapshot details';

/** The driver says, or shows, that a replica does not follow the primary any more: both have written since they parted. */
export const splitBrainAtDriver: VerdictCheck = (facts) => {
  const primary = onlyPrimaryOf(facts);
  if (primary === undefined || facts.unmatched !== undefined) return undefined;
  const side = sidesWith(facts, 'failing').find((it) => it !== primary && it.role.role === 'secondary');
  if (side === undefined) return undefined;
  const isSaid = splitBrainText.test(side.role.why);
  const isOverdue = (elapsed(primary.role.since, facts.now) ?? 0) > firstSnapshotMs;
  const isShown = side.role.why.includes(noSnapshotText) && isOverdue && facts.followed?.state !== 'yes';
  if (!isSaid && !isShown) return undefined;
  return verdict('SplitBrain', {
    reason: isSaid ? 'DriverSplitBrain' : 'NotFollowing',
    message: `${side.site.name} does not follow ${primary.site.name}${isSaid ? '' : ', as after a split brain'}: ${side.role.why}; what was written on ${side.site.name} alone is lost when its copy is made anew`,
    next: drCommand(side.site, 'resync', { namespace: facts.namespace, name: facts.claimName }),
  });
};

/** A replica that was demoted with writes which nobody had followed: both copies hold what the other one lacks, whatever a driver shows. */
export const copyApart: VerdictCheck = (facts) => {
  const primary = onlyPrimaryOf(facts);
  if (primary === undefined || facts.unmatched !== undefined) return undefined;
  const lastSync = syncSincePromote(facts.followed);
  const side = sidesOf(facts).find(
    ({ role: { role, wants }, volume }) =>
      role === 'secondary' &&
      wants === 'secondary' &&
      volume?.replication !== undefined &&
      isApart(volume.replication.demotion, lastSync),
  );
  if (side === undefined) return undefined;
  return verdict('SplitBrain', {
    reason: 'CopyApart',
    message: `${side.site.name} was demoted before ${primary.site.name} had followed it, and no sync has arrived there since: what was written on ${side.site.name} alone is lost when its copy is resynced`,
    next: drCommand(side.site, 'resync', { namespace: facts.namespace, name: facts.claimName }),
  });
};

/** dr-controller demotes it by itself once the other site has followed. */
const isHeldBack = ({ role }: SideFacts): boolean =>
  role.wants === 'secondary' && role.why.startsWith('DR113');

/** The last attempt failed. Some answers pass by themselves, so it is a failure only after a while. */
export const attemptFailing: VerdictCheck = (facts) => {
  const failing = sidesWith(facts, 'failing');
  const maySettle = (side: SideFacts): boolean =>
    !lastsTooLong(side, facts.now) && (side.role.role !== 'primary' || isHeldBack(side));
  // What does not pass by itself on one side is not hidden by what may on the other.
  const lasting = failing.filter((side) => !maySettle(side));
  const side = longestSo(lasting.length > 0 ? lasting : failing);
  if (side === undefined) return undefined;
  const text = `${whatFails(side)}${forAge(side.role.since, facts.now)}: ${side.role.why}`;
  return maySettle(side)
    ? verdict('Moving', {
        reason: 'Retrying',
        message: `${text} (being retried)`,
        next: describeReplication(side),
      })
    : verdict('Degraded', { reason: 'AttemptFailing', message: text, next: describeReplication(side) });
};

/** Said where the pool itself is not there: no time mends that. An image may still be on its way. */
const poolNotFound = /\bpool\b.*not found/i;

/**
 * The driver finds no volume by the handle of the PV there. A move that has come so far does not go on until somebody mends that, and the
 * application is down meanwhile.
 */
export const unknownToDriver: VerdictCheck = (facts) => {
  const side = sidesOf(facts).find(
    (it) =>
      isUnknownToDriver(it.role) &&
      (it.role.wants === 'primary' || poolNotFound.test(it.role.why) || lastsTooLong(it, facts.now)),
  );
  if (side === undefined) return undefined;
  const { site, role } = side;
  const name = side.volume?.claimName ?? facts.claimName;
  const isPrimaryElsewhere = onlyPrimaryOf(facts) !== undefined;
  const undo = undoOf(facts);
  const isMove = role.wants === 'primary' || undo !== undefined;
  const way = `If the ids of cluster or pool differ there, ${isMove ? 'take the move back, ' : ''}end the protection on ${site.name}, delete claim and PV there, and restore or move it again with --map-volume-handle`;
  const end = drCommand(site, 'unprotect', { namespace: facts.namespace, name });
  return verdict(isPrimaryElsewhere ? 'Degraded' : 'NoPrimary', {
    reason: 'UnknownToDriver',
    message: `${isPrimaryElsewhere ? '' : 'no site is primary: '}${whatFails(side)}${forAge(role.since, facts.now)}, as its driver finds no volume by the handle of its PV: ${role.why}. ${way}`,
    next: undo ?? end,
  });
};

/** Acted on, not failed, not done. */
export const changeRunning: VerdictCheck = (facts) => {
  const side = hasProgress(facts, 'changing');
  if (side === undefined) return undefined;
  const message = `${side.site.name} is on its way to ${side.role.wants}${forAge(side.role.since, facts.now)}: ${side.role.why}`;
  return verdict(lastsTooLong(side, facts.now) ? 'Degraded' : 'Moving', {
    reason: lastsTooLong(side, facts.now) ? 'ChangeStuck' : 'Changing',
    message,
    next: describeReplication(side),
  });
};
