import { adviceEntries } from './catalogue/advice-entries.ts';
import { checkEntries } from './catalogue/check-entries.ts';
import type { CatalogueEntry, EntryTexts, RuleLevel } from './catalogue/entry.ts';
import { guardEntries } from './catalogue/guard-entries.ts';
import { repairEntries } from './catalogue/repair-entries.ts';
import type { RuleCode } from './rule-code.ts';

const entriesOf = <Code extends RuleCode>(
  level: RuleLevel,
  entries: Readonly<Record<Code, EntryTexts>>,
): Readonly<Record<Code, CatalogueEntry>> => {
  const codes = Object.keys(entries) as Code[];
  const pairs = codes.map((code): [Code, CatalogueEntry] => [code, { code, level, ...entries[code] }]);
  return Object.fromEntries(pairs) as Record<Code, CatalogueEntry>;
};

/** Every safety rule there is, in the order of the codes. The one place that says what a code means. */
export const catalogue: Readonly<Record<RuleCode, CatalogueEntry>> = {
  ...entriesOf('guard', guardEntries),
  ...entriesOf('repair', repairEntries),
  ...entriesOf('advice', adviceEntries),
  ...entriesOf('check', checkEntries),
};
