import { restoreAnnotations } from '../backup/restore-annotations.ts';
import { millisecondsOf } from '../model/api-time.ts';
import { formatTime } from '../model/condition.ts';
import { formatAge } from '../status/age.ts';
import { isMarkedStale } from './stale-mark.ts';
import type { StepFacts } from './step-facts.ts';

/** What a forced promote would lose now, at most. Unknown when nobody knows. */
export type RpoAtRisk =
  | {
      readonly known: true;
      /** Milliseconds between the last sync that is known to be complete and now: more cannot be lost, less can. */
      readonly milliseconds: number;
      /** When that sync ended, milliseconds since the epoch. */
      readonly lastSync: number;
      /** Who says so, as one clause. */
      readonly source: string;
    }
  | { readonly known: false; readonly why: string };

/** A sync that is yet to come tells that clocks differ, or that somebody wrote the time: it vouches for nothing. */
const since = (lastSync: number, source: string, now: number): RpoAtRisk =>
  lastSync > now
    ? { known: false, why: `the last sync lies in the future, ${source}: clocks differ` }
    : { known: true, milliseconds: now - lastSync, lastSync, source };

/** The copy here is thrown away and made anew, and nobody knows how far that is. */
const isRemade = ({ role: { role, wants, progress } }: StepFacts): boolean =>
  (role === 'resyncing' || wants === 'resync') && progress !== 'changing';

/** Demoted when its site came back, and not made anew since. */
const isOlderCopy = ({ protectors }: StepFacts): boolean => {
  const [own] = protectors.known ? protectors.value : [];
  return own?.kind === 'VolumeReplication' && isMarkedStale(own.object);
};

/** A time until which this copy has everything, as somebody tells beside what both sites show; milliseconds since the epoch. */
export type ToldSync = {
  readonly at: number;
  /** Who says so, as one clause. */
  readonly source: string;
};

/** Each of them is true, so the latest says most. */
export const latestSync = (told: readonly (ToldSync | undefined)[]): ToldSync | undefined =>
  told.filter((it) => it !== undefined).toSorted((a, b) => b.at - a.at)[0];

const notKnown: RpoAtRisk = { known: false, why: 'no sync is known here' };

/** What is at risk of a claim that is yet to be restored: what is told is all that is known. */
export const rpoBeforeRestore = (told: ToldSync | undefined, now: number): RpoAtRisk =>
  told === undefined ? notKnown : since(told.at, told.source, now);

/** What `restore` left on the claim. */
const restoredSync = ({ claim }: StepFacts): ToldSync | undefined => {
  const annotations = claim.known ? claim.value?.metadata.annotations : undefined;
  const at = millisecondsOf(annotations?.[restoreAnnotations.lastSyncTime]);
  return at === undefined ? undefined : { at, source: 'as the backup knew' };
};

/**
 * What is at risk, from who knows it best: the primary itself where it answers, else what `restore` left on the claim, or a backup or a
 * record at hand tells. `now` in milliseconds since the epoch. A sync that ended is on this site; one that nobody here knows of only
 * makes it better.
 */
export const rpoAtRisk = (facts: StepFacts, now: number, told?: ToldSync | undefined): RpoAtRisk => {
  const { peer, here, there } = facts;
  if (isOlderCopy(facts))
    return {
      known: false,
      why: `the copy on ${here.name} is marked as older than that of ${there?.name ?? 'the other site'}`,
    };
  if (isRemade(facts)) return { known: false, why: `the copy on ${here.name} is being made anew` };
  const status = peer.replication?.object.status;
  const seen = status?.state === 'Primary' ? millisecondsOf(status.lastSyncTime) : undefined;
  if (seen !== undefined) return since(seen, `as ${there?.name} says`, now);
  return rpoBeforeRestore(latestSync([told, restoredSync(facts)]), now);
};

/** `at most 4m (last sync 4m ago, as the backup knew)`, or `unknown (no sync is known here)`. */
export const describeRpo = (rpo: RpoAtRisk): string =>
  rpo.known
    ? `at most ${formatAge(rpo.milliseconds)} (last sync ${formatTime(rpo.lastSync)}, ${rpo.source})`
    : `unknown (${rpo.why})`;

/** Whether a loss is within what was accepted, in milliseconds or `unknown`: whoever accepts the unknown accepts everything. */
export const isWithin = (rpo: RpoAtRisk, accepted: number | 'unknown'): boolean =>
  accepted === 'unknown' || (rpo.known && rpo.milliseconds <= accepted);

/** Time alone makes a loss no other one: whoever accepted what was shown knew that it passes. Another last sync does. */
export const isNoWorse = (shown: RpoAtRisk, now: RpoAtRisk): boolean =>
  shown.known ? now.known && now.lastSync >= shown.lastSync : true;
