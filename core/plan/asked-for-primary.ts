import { knownValue, readingOf } from '../model/reading-of.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import type { MoveFacts, MoveGroup } from './move.ts';

/**
 * Whether any volume of some groups is, or was asked to become, primary where it goes: from then on nothing is taken back, only moved
 * back. A target that cannot be read may have been asked.
 */
export const isAskedForPrimary = (
  { sites }: Pick<MoveFacts, 'sites'>,
  groups: readonly MoveGroup[],
): boolean => {
  const asked = readingOf(() => {
    const view = knownValue(sites.target.view);
    return groups
      .flatMap(({ volumes }) => volumes)
      .some(({ target }) =>
        view.replicationsOf(claimKeyText(target)).some(({ spec }) => spec.replicationState === 'primary'),
      );
  });
  return !asked.known || asked.value;
};
