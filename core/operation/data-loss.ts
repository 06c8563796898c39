import { parseLoss } from '../consent.ts';

/** What a loss is, without who says so: `at most 4m`, `unknown`. */
export const lossInShort = (loss: string): string => loss.replace(/ \(.*/s, '');

/** Milliseconds for comparing; what nobody can measure is greater than all that somebody can. */
const sizeOfLoss = (loss: string): number => {
  const size = parseLoss(lossInShort(loss).replace(/^at most /, ''));
  return size === undefined || size === 'unknown' ? Number.POSITIVE_INFINITY : size;
};

const isUnknown = (loss: string): number => Number(lossInShort(loss) === 'unknown');

/** Of several losses, as records tell them, the one that says most; undefined where none is told. */
export const greatestLoss = (losses: readonly (string | undefined)[]): string | undefined =>
  losses
    .filter((loss) => loss !== undefined)
    .toSorted((a, b) => sizeOfLoss(b) - sizeOfLoss(a) || isUnknown(b) - isUnknown(a))[0];
