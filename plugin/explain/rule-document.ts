import type { CatalogueEntry } from '../../core/rules/catalogue/entry.ts';

const apiVersion = 'cli.kubectl-dr.dev/v1alpha1';

/** One rule as `-o json` and `-o yaml` print it. */
export const ruleDocument = (entry: CatalogueEntry) => ({ apiVersion, kind: 'SafetyRule', ...entry });

/** All rules as `-o json` and `-o yaml` print them. */
export const ruleListDocument = (entries: readonly CatalogueEntry[]) => ({
  apiVersion,
  kind: 'SafetyRuleList',
  items: entries,
});
