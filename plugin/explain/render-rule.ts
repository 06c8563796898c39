import { consentCommand } from '../../core/rules/catalogue/consent-command.ts';
import type { CatalogueEntry, RuleLevel } from '../../core/rules/catalogue/entry.ts';
import { wrap } from '../output/wrap.ts';

/** Columns that every terminal has; commands are never broken, so that they can be copied. */
const width = 80;
const labelWidth = 10;

const levelTexts: Readonly<Record<RuleLevel, string>> = {
  guard: 'guard: the change is refused, also where nobody can tell.',
  repair: 'repair: the object is mended on its way in, and nothing is refused.',
  advice: 'advice: a warning; the change passes.',
  check: 'check: found by "kubectl dr check"; no change is judged by it.',
};

const paragraph = (label: string, text: string): string[] =>
  wrap(text, width - labelWidth).map(
    (line, index) => (index === 0 ? `${label}:` : '').padEnd(labelWidth) + line,
  );

const commandLines = (commands: readonly string[]): string[] =>
  commands.length === 0 ? [] : ['', ...commands.map((command) => `  ${command}`), ''];

const consentLines = ({ consent }: CatalogueEntry): string[] => {
  if (consent === undefined) return [];
  const text =
    `${consent}. A user with the verb "consent" may accept the risk, for one change. LOSS is a duration such as ` +
    '15m, or unknown; PEER what you know the other site to be (primary, not-primary or unknown), as a consent covers nothing worse; TIME is in UTC as 2026-01-02T15:04:05Z, at most an hour ahead.';
  return [...paragraph('Consent', text), ...commandLines([consentCommand(consent)])];
};

/** A rule as a person reads it in a terminal. */
export const renderRule = (entry: CatalogueEntry): string =>
  `${[
    ...wrap(`${entry.code}: ${entry.title}`, width),
    '',
    ...paragraph('Level', levelTexts[entry.level]),
    ...paragraph('Cause', entry.cause),
    ...paragraph('Risk', entry.risk),
    ...paragraph('Remedy', entry.remedy),
    ...commandLines(entry.commands),
    ...consentLines(entry),
  ]
    .join('\n')
    .trimEnd()}\n`;
