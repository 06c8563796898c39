import type { CatalogueEntry } from '../../core/rules/catalogue/entry.ts';
import { catalogue } from '../../core/rules/catalogue.ts';
import { usageError } from '../usage-error.ts';

/** `DR101 to DR112, DR201 to DR203`: the codes of each level, which have no holes. */
const allCodes = (): string => {
  const byLevel = Map.groupBy(Object.values(catalogue), ({ level }) => level);
  return [...byLevel.values()].map((entries) => `${entries[0]?.code} to ${entries.at(-1)?.code}`).join(', ');
};

/** The rule of a code in upper or lower case. Throws a usage error that says which there are. */
export const findRule = (code: string): CatalogueEntry => {
  const found = Object.values(catalogue).find((entry) => entry.code === code.toUpperCase());
  if (found !== undefined) return found;
  throw usageError(
    `there is no rule "${code}", only ${allCodes()}`,
    'see all of them with "kubectl dr explain"',
  );
};
