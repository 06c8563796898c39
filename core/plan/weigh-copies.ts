import { claimKeyText } from '../protection/claims-of-volume.ts';
import { millisecondsOf } from '../status/replication.ts';
import type { StepFacts } from '../step/step-facts.ts';
import type { GroupNow, VolumeNow } from './move.ts';
import { replicationOf } from './steps/replication-steps.ts';

// Both sites are primary, and a return throws one of the two copies away: what speaks for which of them is told before anybody accepts it.

const timeText = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? 'nobody knows when' : `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** `west is primary since 2026-11-20T11:00:00Z, last sync 2026-11-20T11:55:00Z`. */
const standing = (facts: StepFacts): string => {
  const lastSync = millisecondsOf(replicationOf(facts)?.status?.lastSyncTime);
  const synced = lastSync === undefined ? 'and no sync of it is known' : `last sync ${timeText(lastSync)}`;
  return `${facts.here.name} is primary since ${timeText(facts.role.since)}, ${synced}`;
};

/** One that became primary later was made so by somebody who knew of the other one; most often it is the one that users went on with. */
const isLater = (one: StepFacts, other: StepFacts): boolean =>
  one.role.since !== undefined && other.role.since !== undefined && one.role.since > other.role.since;

const weigh = ({ volume, source, target }: VolumeNow, group: GroupNow): string | undefined => {
  if (!source.known || !target.known) return undefined;
  const [kept, given] = [source.value, target.value];
  if (kept.role.role !== 'primary' || given.role.role !== 'primary') return undefined;
  const isTold = group.isToldStale(volume);
  const by = isTold
    ? 'as is on record, or was said'
    : isLater(given, kept)
      ? `though it became primary later, and nothing is on record: it may be the newer one`
      : 'as it became primary earlier; nothing is on record';
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
