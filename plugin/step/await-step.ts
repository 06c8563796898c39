import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { formatAge } from '../../core/status/age.ts';
import type { ReplicationKey } from '../../core/step/decision.ts';
import type { Awaited as AwaitedObjects } from '../door/follow-until.ts';
import type { Stage } from './verb.ts';

/** What is followed while volumes change. */
export type Followers = {
  readonly here: AwaitedObjects<VolumeReplication>;
  readonly there: AwaitedObjects<VolumeReplication> | undefined;
};

/** One stage of one volume that is waited for. */
export type Awaited = {
  readonly key: ReplicationKey;
  /** Where the other site's replication of the volume is; undefined where it does not matter. */
  readonly keyThere: ReplicationKey | undefined;
  readonly stage: Stage;
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

/** Waits until a stage is reached, and answers the replication as it was seen then. Rejects when the signal is aborted. */
export const awaitStage = async (
  followers: Followers,
  { key, keyThere, stage, generation, onWaiting, now, signal }: Awaited,
): Promise<{ message: string; replication: VolumeReplication | undefined }> => {
  const startedAt = now();
  let there: VolumeReplication | undefined;
  let here: VolumeReplication | undefined;
  let last = '';
  const tell = (message: string): undefined => {
    last = message;
    if (message !== '') onWaiting(message);
    return undefined;
  };
  const repeat = setInterval(() => {
    if (last !== '') onWaiting(`${last} (for ${formatAge(now() - startedAt)})`);
  }, tellEveryMs);
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  const look = () => {
    const progress = stage.reached({ here, there });
    return progress.reached ? { message: progress.message, replication: here } : tell(progress.message);
  };
  const seen = (replication: VolumeReplication | undefined, unreadable: string | undefined) => {
    if (unreadable !== undefined) return tell(unreadable);
    if (isOlder(replication, generation)) return undefined;
    here = replication;
    return look();
  };
  const waits = [followers.here.until(key, seen, until)];
  if (keyThere !== undefined && followers.there !== undefined)
    waits.push(
      followers.there.until(
        keyThere,
        (replication) => {
          there = replication;
          return here === undefined ? undefined : look();
        },
        until,
      ),
    );
  try {
    return await Promise.race(waits);
  } finally {
    clearInterval(repeat);
    for (const wait of waits) wait.catch(() => undefined);
    ending.abort();
  }
};
