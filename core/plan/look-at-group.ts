import { type Reading, unknown } from '../model/reading.ts';
import { readingOf } from '../model/reading-of.ts';
import { describeStep, type StepFacts } from '../step/step-facts.ts';
import type { GroupNow, MoveFacts, MoveGroup, MoveVolume, SiteRole, VolumeNow } from './move.ts';
import { hasTakenUp } from './stale-copy.ts';

const other = { source: 'target', target: 'source' } as const satisfies Record<SiteRole, SiteRole>;

const describe = ({ sites }: MoveFacts, volume: MoveVolume, role: SiteRole): Reading<StepFacts> => {
  const { site, view } = sites[role];
  if (!view.known) return unknown(`${site.name} cannot be read: ${view.why}`);
  const there = sites[other[role]];
  return readingOf(() => describeStep({ here: { site, view: view.value }, there }, volume[role]));
};

const isPrimary = ({ role: { role, wants } }: StepFacts): boolean =>
  role === 'primary' || wants === 'primary';

/**
 * The target asks for primary, and the source is not primary beside it. Where the source cannot be read, a target that is primary is
 * one that this move promoted. Of a return neither says enough: the target may be primary from before the disaster, unless it has taken up
 * everything since; then somebody else has promoted it, and what is left is to start the workloads.
 */
const isThrough = (
  { verb, isToldStale }: MoveFacts,
  volume: MoveVolume,
  { source, target }: { source: Reading<StepFacts>; target: Reading<StepFacts> },
): boolean => {
  if (!target.known || target.value.role.wants !== 'primary') return false;
  if (verb === 'failback' && !source.known) return false;
  if (source.known && isPrimary(source.value)) return false;
  return (
    verb !== 'failback' || !source.known || !isToldStale(volume) || hasTakenUp(target.value, source.value)
  );
};

const lookAtVolume = (facts: MoveFacts, volume: MoveVolume): VolumeNow => {
  const [source, target] = [describe(facts, volume, 'source'), describe(facts, volume, 'target')];
  return { volume, source, target, isThrough: isThrough(facts, volume, { source, target }) };
};

/** What both sites show of the volumes of one group. */
export const lookAtGroup = (facts: MoveFacts, group: MoveGroup): GroupNow => ({
  ...facts,
  group,
  volumes: group.volumes.map((volume) => lookAtVolume(facts, volume)),
});
