import type { HandleMap } from '../../core/restore/map-handle.ts';
import { usageError } from '../usage-error.ts';

const flag = '--map-volume-handle';

const parseEntry = (word: string): HandleMap[number] => {
  const [from = '', to = '', ...more] = word.split('=');
  if (more.length > 0 || from === '' || to === '')
    throw usageError(
      `invalid value "${word}" for ${flag}`,
      'give the handles as OLD=NEW; handles that hold a = can be changed by a file of rules: --transform of kubectl dr restore',
    );
  if (from.endsWith('*') !== to.endsWith('*'))
    throw usageError(
      `invalid value "${word}" for ${flag}`,
      'end both with *, for the part that stays, or neither',
    );
  return { from, to };
};

/** Parses the values of `--map-volume-handle`. Throws a usage error. */
export const parseHandleMap = (words: readonly string[] = []): HandleMap => {
  const map = words.map(parseEntry);
  const repeated = map.find(({ from }, at) => map.findIndex((other) => other.from === from) < at);
  if (repeated !== undefined) throw usageError(`${flag} maps "${repeated.from}" twice`, 'name it once');
  return map;
};
