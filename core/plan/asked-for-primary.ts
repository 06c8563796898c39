import { known } from '../model/reading.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import { replicationOfVolume } from '../status/replication.ts';
import { isPromoteRefused, isUnknownToDriver, readRole } from '../status/role.ts';
import type { MoveFacts, MoveGroup } from './move.ts';

const roleOf = (replication: VolumeReplication) => readRole(known(replicationOfVolume(replication)));

/** Whether a replication asks for primary, and may have been promoted: a promote that was refused has changed nothing. */
export const mayBePromoted = (replication: VolumeReplication): boolean =>
  replication.spec.replicationState === 'primary' && !isPromoteRefused(roleOf(replication));

const targetsOf = (
  { sites }: Pick<MoveFacts, 'sites'>,
  groups: readonly MoveGroup[],
): readonly VolumeReplication[] => {
  const view = knownValue(sites.target.view);
  return groups
    .flatMap(({ volumes }) => volumes)
    .flatMap(({ target }) => view.replicationsOf(claimKeyText(target)));
};

/**
 * Whether any volume of some groups is, or may be about to become, primary where it goes: from then on nothing is taken back, only moved
 * back. A target that cannot be read may have been asked.
 */
export const isAskedForPrimary = (facts: Pick<MoveFacts, 'sites'>, groups: readonly MoveGroup[]): boolean => {
  const asked = readingOf(() => targetsOf(facts, groups).some(mayBePromoted));
  return !asked.known || asked.value;
};

/** Whether a volume was asked to become primary where its driver does not find it: going on comes to nothing until somebody mends that. */
export const isPromoteInVain = (facts: Pick<MoveFacts, 'sites'>, groups: readonly MoveGroup[]): boolean => {
  const found = readingOf(() =>
    targetsOf(facts, groups)
      .map(roleOf)
      .some((role) => role.wants === 'primary' && isUnknownToDriver(role)),
  );
  return found.known && found.value;
};

/** Whether all that was asked to become primary was refused: a run that is interrupted then may stop at once. */
export const isPromoteRefusedEverywhere = (
  facts: Pick<MoveFacts, 'sites'>,
  groups: readonly MoveGroup[],
): boolean => {
  const refused = readingOf(() => {
    const asked = targetsOf(facts, groups).filter(({ spec }) => spec.replicationState === 'primary');
    return asked.length > 0 && !asked.some(mayBePromoted);
  });
  return refused.known && refused.value;
};
