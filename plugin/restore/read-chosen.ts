import { DrError } from '../../core/model/error.ts';
import { missingClaims, type RestoreSelection, selectObjects } from '../../core/restore/select-objects.ts';
import type { SortedObjects } from '../../core/restore/sort-objects.ts';
import { type ReadOptions, readSources, type Source } from './read-sources.ts';
import { sortSources } from './sort-sources.ts';

/** What was read, and what of it was asked for. */
export type ChosenSource = Pick<Source, 'index' | 'remarks'> & { readonly chosen: SortedObjects };

const refuseMissing = (missing: readonly string[], { namespace }: RestoreSelection): void => {
  if (missing.length === 0) return;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  throw new DrError({
    code: 'ClaimNotInSource',
    message: `the source has no claim ${missing.join(', ')}${where}`,
    hint: 'see what it holds with --dry-run=client',
  });
};

/** Reads the sources and takes out of them what was asked for. Throws a `DrError` where they are at fault. */
export const readChosen = async (
  words: readonly string[],
  { selection, withWorkloads }: { selection: RestoreSelection; withWorkloads: boolean },
  options: ReadOptions,
): Promise<ChosenSource> => {
  const { objects, index, remarks } = await readSources(words, options);
  const sorted = sortSources(objects, { withWorkloads });
  refuseMissing(missingClaims(sorted, selection), selection);
  return { index, remarks, chosen: selectObjects(sorted, selection) };
};
