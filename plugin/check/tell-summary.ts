import type { CheckFacts } from '../../core/check/facts.ts';
import type { CheckResult, CheckRun } from '../../core/check/run-checks.ts';
import { printableLine } from '../../core/printable.ts';
import { oneLine } from '../../core/rules/one-line.ts';

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

const gapLines = (runs: readonly CheckRun[]): string[] => {
  const gaps = runs.flatMap(({ name, unknown }) => unknown.map((text) => ({ name, text })));
  return [...Map.groupBy(gaps, ({ text }) => text)].map(
    ([text, same]) => `Not checked: ${oneLine(text, 1_000)} (${same.map(({ name }) => name).join(', ')})\n`,
  );
};

/** What was found, or that nothing was, and what was looked at: `No findings` alone would say the same where nothing was read. */
const outcome = ({ findings }: CheckResult): string => {
  const [errors, warnings] = (['error', 'warning'] as const).map(
    (level) => findings.filter((found) => found.level === level).length,
  ) as [number, number];
  if (errors + warnings > 0) return `${count(errors, 'error')}, ${count(warnings, 'warning')}.`;
  return findings.length === 0 ? 'No findings.' : 'No findings but information.';
};

/** The lines on stderr that a reader of the findings should know. */
export const summaryText = (facts: CheckFacts, result: CheckResult): string => {
  const sites = facts.sites.map(({ site }) => site.name).join(' and ');
  const looked = `Made ${count(result.runs.length, 'check')} of ${sites} with ${count(facts.volumes.length, 'claim')}.`;
  return [...gapLines(result.runs), `${printableLine(`${outcome(result)} ${looked}`)}\n`].join('');
};
