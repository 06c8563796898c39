import { millisecondsOf } from '../model/api-time.ts';
import type { NewCondition } from '../model/condition.ts';
import type { Condition } from '../model/kubernetes-object.ts';
import type { GrpcCode, InfoAnswer } from '../replication/answer.ts';
import { clockToleranceMs, followedCondition, isInFuture, lostReason } from './followed.ts';

/** What dr-controller knows of one primary in one pass. */
export type PrimaryPass = {
  /** The condition as it stands; undefined where there is none for what the status speaks of. */
  readonly before: Condition | undefined;
  /** When the call began by which it became primary in this pass, milliseconds since the epoch; undefined: it was primary before. */
  readonly promotedAt: number | undefined;
  /** When it was asked to be primary, as the API server tells; undefined where nobody knows. */
  readonly askedAt: number | undefined;
  /** What the driver said about the last sync; undefined: it was not asked. */
  readonly info: InfoAnswer | undefined;
  readonly isJournal: boolean;
  readonly now: number;
};

const condition = (
  status: NewCondition['status'],
  reason: string,
  message: string,
  since?: number,
): NewCondition => ({
  type: followedCondition,
  status,
  reason,
  message,
  ...(since === undefined ? {} : { since }),
});

const reasons = {
  promoted: 'Promoted',
  /** The driver has said since that there is no sync: what it tells later is no leftover of an earlier time. */
  noSync: 'NoSyncYet',
  /** This controller did not see the promote: an earlier one made it. */
  adopted: 'PromoteNotSeen',
  clocks: 'ClocksDiffer',
  untold: 'SyncTimesNotTold',
  synced: 'SyncedSincePromote',
  /** The other site followed, and the driver no longer reports a sync: that copy fails, is being resynced, or was promoted. */
  lost: lostReason,
} as const;

const notYet = 'no snapshot that it took since it became primary is complete on the other site yet';

const unseen =
  'it was promoted by another controller: a sync that is later than the moment at which primary was asked for will tell';

const lost =
  'the other site followed once, and the driver tells of no sync any more: its copy fails, is resynced, or was promoted';

const followed = condition(
  'True',
  reasons.synced,
  'a snapshot that it took since it became primary is complete on the other site',
);

/** Answers by which a driver says that there is no sync to tell of, as ceph-csi does (recorded); the others are no news. */
const saysNone: ReadonlySet<GrpcCode> = new Set(['NotFound', 'FailedPrecondition', 'Internal']);

const hasNoSync = (info: InfoAnswer): boolean =>
  info.ok ? info.info.lastSyncTime === undefined : saysNone.has(info.code);

type Start = { readonly since: number; readonly reason: string };

/** Where this pass begins from: a promote of its own, what was known before, or a primary that it finds. */
const startOf = ({ before, promotedAt, askedAt, now }: PrimaryPass): Start => {
  if (promotedAt !== undefined) return { since: promotedAt, reason: reasons.promoted };
  const since = millisecondsOf(before?.lastTransitionTime);
  return before === undefined || since === undefined
    ? { since: askedAt ?? now, reason: reasons.adopted }
    : { since, reason: before.reason };
};

/** Of a promote that was not seen, too, a later sync will tell: nobody has to be asked, only to wait. */
const waiting = ({ since, reason }: Start): NewCondition => {
  if (reason === reasons.adopted) return condition('False', reason, unseen, since);
  if (reason === reasons.lost) return condition('False', reason, lost, since);
  // Whatever kept times from being compared for a while is over.
  return condition('False', reason === reasons.noSync ? reason : reasons.promoted, notYet, since);
};

/**
 * The last sync that counts: the promote itself takes a snapshot, within its call. A driver can tell of a sync of before for a while,
 * as its daemons look every so often; so a time that clocks cannot tell apart counts only once the driver has said that there is none.
 */
const countsFrom = ({ since, reason }: Start): number => {
  // The driver never reports a sync for a diverged copy, so any sync it reports means that the copy follows again.
  if (reason === reasons.lost) return Number.NEGATIVE_INFINITY;
  // Whole seconds, as drivers tell them.
  return reason === reasons.noSync ? since - (since % 1_000) : since + clockToleranceMs;
};

const judgeSync = (start: Start, lastSync: number, now: number): NewCondition => {
  if (isInFuture(lastSync, now)) {
    const message = 'the last sync that the driver tells of lies in the future: clocks differ';
    return condition('Unknown', reasons.clocks, message, start.since);
  }
  return lastSync >= countsFrom(start) ? followed : waiting(start);
};

/**
 * True stays until the next promote, or until the driver tells of no sync any more: a copy that was promoted over there by force, or is
 * resynced, shows none (recorded), and nothing that is written here reaches it. An error that passes costs no more than the next look.
 */
const stillFollowed = ({ info, isJournal, now }: PrimaryPass): NewCondition =>
  info !== undefined && !isJournal && hasNoSync(info)
    ? waiting({ since: now, reason: reasons.lost })
    : followed;

/** What `Followed` says after a pass over a primary. */
export const followPrimary = (pass: PrimaryPass): NewCondition => {
  const { before, promotedAt, info, isJournal, now } = pass;
  if (promotedAt === undefined && before?.status === 'True') return stillFollowed(pass);
  const start = startOf(pass);
  if (isJournal || (info?.ok === false && info.code === 'Unimplemented')) {
    const message =
      'the driver tells of no sync times, so that nobody can tell what has reached the other site';
    return condition('Unknown', reasons.untold, message, start.since);
  }
  if (info === undefined) return waiting(start);
  if (hasNoSync(info))
    return waiting(start.reason === reasons.promoted ? { ...start, reason: reasons.noSync } : start);
  const lastSync = info.ok ? info.info.lastSyncTime : undefined;
  return lastSync === undefined ? waiting(start) : judgeSync(start, lastSync, now);
};
