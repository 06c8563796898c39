import { millisecondsOf } from '../model/api-time.ts';
import { formatTime } from '../model/condition.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import { replicationOfVolume } from '../status/replication.ts';
import type { StepFacts } from '../step/step-facts.ts';
import type { GroupNow, VolumeNow } from './move.ts';
import { replicationOf } from './steps/replication-steps.ts';

// Both sites are primary, and a return throws one of the two copies away: what speaks for which of them is told before anybody accepts it.

const timeText = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? 'a time that nobody knows' : formatTime(milliseconds);

/** Conditions do not tell: a promote that goes well need not turn any of them. */
const askedAtOf = (facts: StepFacts): number | undefined => {
  const replication = replicationOf(facts);
  return replication && replicationOfVolume(replication).askedAt;
};

/** `west was asked to be primary at 2026-11-20T11:00:00Z, last sync 2026-11-20T11:55:00Z`. */
const standing = (facts: StepFacts): string => {
  const lastSync = millisecondsOf(replicationOf(facts)?.status?.lastSyncTime);
  const synced = lastSync === undefined ? 'no sync of it is known' : `last sync ${timeText(lastSync)}`;
  return `${facts.here.name} was asked to be primary at ${timeText(askedAtOf(facts))}, ${synced}`;
};

/** One that was made primary later was made so by somebody who knew of the other one; most often users went on there. */
const isLater = (one: StepFacts, other: StepFacts): boolean => {
  const [first, second] = [askedAtOf(one), askedAtOf(other)];
  return first !== undefined && second !== undefined && first > second;
};

const weigh = ({ volume, source, target }: VolumeNow, group: GroupNow): string | undefined => {
  if (!source.known || !target.known) return undefined;
  const [kept, given] = [source.value, target.value];
  if (kept.role.role !== 'primary' || given.role.role !== 'primary') return undefined;
  const isTold = group.isToldStale(volume);
  const by = isTold
    ? 'as the record, or the command, says'
    : isLater(given, kept)
      ? 'though it was asked later, and nothing is on record: it may be the newer one'
      : 'with nothing on record';
  return `claim ${claimKeyText(volume.target)}: ${standing(kept)}; ${standing(given)}: the copy on ${given.here.name} is taken for the older one, ${by}`;
};

const shownVolumes = 3;

/** Which of two copies is taken for the older one, and by what: one clause for each of the first volumes. */
export const weighCopies = (group: GroupNow): readonly string[] => {
  if (group.verb !== 'failback') return [];
  const all = group.volumes.flatMap((volume) => weigh(volume, group) ?? []);
  const more = all.length - shownVolumes;
  const rest =
    more > 0 ? [`${group.group.name}: and ${more} more volumes of which both sites are primary`] : [];
  return [...all.slice(0, shownVolumes), ...rest];
};
