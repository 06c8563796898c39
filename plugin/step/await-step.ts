import { DrError } from '../../core/model/error.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { formatAge } from '../../core/status/age.ts';
import type { ReplicationKey } from '../../core/step/decision.ts';
import type { Awaited as AwaitedObjects } from '../door/follow-until.ts';
import type { Stage } from './verb.ts';

/** What is followed while volumes change. The other site only where something is waited for there. */
export type Followers = {
  readonly here: FollowedReplications;
  readonly there: FollowedReplications | undefined;
};

export type FollowedReplications = AwaitedObjects<VolumeReplication>;

/** One stage of one volume that is waited for. */
export type Awaited = {
  readonly key: ReplicationKey;
  readonly reached: Stage['reached'];
  /** What is seen must be as new as what was written; 0 where nothing was. */
  readonly generation: number;
  readonly onWaiting: (message: string) => void;
  readonly now: () => number;
  readonly signal: AbortSignal;
};

/** A long rollback is normal: it is told that it goes on, and nothing else is concluded from it. */
const tellEveryMs = 30_000;

const isOlder = (replication: VolumeReplication | undefined, generation: number): boolean =>
  replication !== undefined && (replication.metadata.generation ?? 0) < generation;

type Seen = {
  readonly message: string;
  readonly replication: VolumeReplication | undefined;
  readonly isSetBack?: true;
};

const setBack = (message: string): DrError =>
  new DrError({
    code: 'SetBack',
    message: `${message}, so that it is not waited for any longer`,
    hint: 'find out who, and pause that first; then give the same command again',
  });

/** Waits until a stage is reached, and answers the replication as it was seen then. Rejects when the signal is aborted, and with `SetBack` where somebody asked for something else meanwhile. */
export const awaitStage = async (
  followed: FollowedReplications,
  { key, reached, generation, onWaiting, now, signal }: Awaited,
): Promise<{ message: string; replication: VolumeReplication | undefined }> => {
  const startedAt = now();
  let last = '';
  const tell = (message: string): undefined => {
    last = message;
    if (message !== '') onWaiting(message);
    return undefined;
  };
  const look = (
    replication: VolumeReplication | undefined,
    unreadable: string | undefined,
  ): Seen | undefined => {
    if (unreadable !== undefined) return tell(unreadable);
    if (isOlder(replication, generation)) return undefined;
    const progress = reached(replication);
    if (progress.isSetBack) return { message: progress.message, replication, isSetBack: true };
    return progress.reached ? { message: progress.message, replication } : tell(progress.message);
  };
  const repeat = setInterval(() => {
    if (last !== '') onWaiting(`${last} (for ${formatAge(now() - startedAt)})`);
  }, tellEveryMs);
  try {
    const seen = await followed.until(key, look, signal);
    if (seen.isSetBack === true) throw setBack(seen.message);
    return seen;
  } finally {
    clearInterval(repeat);
  }
};
