import type { LeftOut } from '../../core/restore/sort-objects.ts';
import type { Io } from '../io.ts';

/** Of many objects that are left out for one reason, a few names tell enough. */
const shownNames = 3;

/** Says on stderr what of the source is not restored, and why: a line for each kind and reason. */
export const tellLeftOut = (leftOut: readonly LeftOut[], io: Pick<Io, 'stderr'>): void => {
  const groups = Map.groupBy(leftOut, ({ object, why }) => `${object.kind} ${why}`);
  for (const members of groups.values()) {
    const names = members.slice(0, shownNames).map(({ object }) => object.name);
    const more = members.length > shownNames ? ` and ${members.length - shownNames} more` : '';
    const [first] = members;
    io.stderr.line(`left out: ${first?.object.kind} ${names.join(', ')}${more}: ${first?.why}`);
  }
};
