import { checkExamples } from '../core/check/examples.ts';
import { type CheckFinding, objectText } from '../core/check/finding.ts';
import { runChecks } from '../core/check/run-checks.ts';
import { advise } from '../core/rules/advice/advise.ts';
import { adviceExamples } from '../core/rules/advice/examples.ts';
import type { CatalogueEntry, RuleLevel } from '../core/rules/catalogue/entry.ts';
import { catalogue } from '../core/rules/catalogue.ts';
import { guardExamples } from '../core/rules/guard/examples.ts';
import { judgeGuard } from '../core/rules/guard/judge-guard.ts';
import { repairExamples } from '../core/rules/repair/examples.ts';
import { mend } from '../core/rules/repair/mend.ts';
import type { AdviceCode, CheckCode, GuardCode, RepairCode, RuleCode } from '../core/rules/rule-code.ts';

/** What the rules say at their examples, by code. */
const refusals = (code: GuardCode) => judgeGuard(guardExamples[code]).refusals;
const repairs = (code: RepairCode) => mend(repairExamples[code]).done;
const advice = (code: AdviceCode) => advise(adviceExamples[code]);

/** A row of `kubectl dr check`, which begins with the code itself. */
const checkRow = ({ level, site, object, message, next }: CheckFinding): string =>
  [
    level,
    site?.name ?? '<none>',
    object === undefined ? '<none>' : objectText(object),
    `${message}${next === undefined ? '' : `; next: ${next}`}`,
  ].join('   ');

const checked = (code: CheckCode) =>
  runChecks(checkExamples[code]).findings.map((it) => ({ code: it.code, message: checkRow(it) }));

/** `message`: undefined where a rule acts and says nothing. */
type Found = { readonly code: RuleCode; readonly message: string | undefined };

const found = (code: RuleCode): readonly Found[] => {
  if (code in guardExamples) return refusals(code as GuardCode);
  if (code in checkExamples) return checked(code as CheckCode);
  return code in repairExamples ? repairs(code as RepairCode) : advice(code as AdviceCode);
};

/** As kubectl puts it before what a webhook says. */
const prefixes: Readonly<Record<RuleLevel, string>> = {
  guard: 'Error from server (Forbidden): admission webhook "guard.kubectl-dr.dev" denied the request: ',
  repair: 'Warning: ',
  advice: 'Warning: ',
  check: '',
};

/** What a person sees; undefined where the rule does its work without a word. Fails where it has nothing to do with its own example. */
const printedText = ({ code, level }: CatalogueEntry): string | undefined => {
  const finding = found(code).find((it) => it.code === code);
  if (finding === undefined) throw new Error(`${code} has nothing to do with its example`);
  const { message } = finding;
  return message && `${prefixes[level]}${code}${level === 'check' ? '   ' : ': '}${message}`;
};

const block = (language: string, lines: readonly string[]): string[] => [
  '',
  `\`\`\`${language}`,
  ...lines,
  '```',
];

/** Flags and annotations are set as code. */
const marked = (text: string): string =>
  text.replaceAll(/(?<![\w.-])(--[a-z][\w-]*(?:=\w+)?|[a-z][\w.-]*\.(?:dev|io)\/[\w-]*)/g, '`$1`');

const patchOf = ({ code, level }: CatalogueEntry): string[] => {
  if (level !== 'repair') return [];
  const { patch } = mend(repairExamples[code as RepairCode]);
  return [
    '',
    'The patch of this object:',
    ...block(
      'json',
      patch.map((operation) => JSON.stringify(operation)),
    ),
  ];
};

const printed = (text: string | undefined): string[] =>
  text === undefined
    ? ['', '**Printed**: nothing.']
    : ['', '**Printed**, for example:', ...block('', [text])];

const sectionOf = (entry: CatalogueEntry): string[] => [
  '',
  `### ${entry.code}: ${entry.title}`,
  '',
  `**Cause.** ${marked(entry.cause)}`,
  '',
  `**Risk.** ${marked(entry.risk)}`,
  '',
  `**Remedy.** ${marked(entry.remedy)}`,
  ...block('', entry.commands),
  ...(entry.consent === undefined
    ? []
    : ['', `**Consent.** \`${entry.consent}\`: see [consent.md](consent.md).`]),
  ...printed(printedText(entry)),
  ...patchOf(entry),
];

const chapters: readonly { readonly level: RuleLevel; readonly title: string; readonly text: string }[] = [
  {
    level: 'guard',
    title: 'Guard: the change is refused',
    text: 'All that is wrong with a change is said at once, the worst first. What the rule looks at and could not be read is refused, too, and the text says what is unknown and why.',
  },
  {
    level: 'repair',
    title: 'Repair: the object is mended',
    text: 'What another cluster left on an object is taken off when the object is created, and never where it is unknown whether that is so. What a demotion makes forgotten is noted with it (DR204). What is mended already is not touched again.',
  },
  {
    level: 'advice',
    title: 'Advice: a warning',
    text: 'The change passes. Nothing is said about what is unknown.',
  },
  {
    level: 'check',
    title: 'Check: found when somebody looks',
    text: 'No change is judged by these; [`kubectl dr check`](check.md) finds them, and finds what breaks DR104 to DR107, DR301 to DR303, DR305 and DR306 as it stands. What could not be read is said, and never taken for fine.',
  },
];

const entries = Object.values(catalogue);
const link = ({ code, title }: CatalogueEntry): string => {
  const anchor = `${code}: ${title}`
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
  return `[${code}](#${anchor})`;
};

const row = (entry: CatalogueEntry): string =>
  `| ${link(entry)} | ${entry.level} | ${entry.title} | ${entry.consent === undefined ? '–' : `\`${entry.consent}\``} |`;

/** docs/safety-rules.md: every entry of the catalogue, with what its rule prints at its example. Throws where a rule says nothing. */
export const renderSafetyRules = (): string =>
  `${[
    '<!-- Generated by scripts/generate-safety-rules.ts from core/rules. Do not edit. -->',
    '',
    '# Safety rules',
    '',
    'What `dr-webhook` refuses, mends and warns of, whoever makes the change, and what `kubectl dr check` finds. `dr-controller` applies DR101, DR102, DR104 and DR106 again before it promotes. A code always means the same and is never reused; `kubectl dr explain DR102` prints one of them. In commands, words in capitals stand for names.',
    '',
    '| code | level | finds | unless there is consent to |',
    '|---|---|---|---|',
    ...entries.map(row),
    ...chapters.flatMap(({ level, title, text }) => [
      '',
      `## ${title}`,
      '',
      text,
      ...entries.filter((entry) => entry.level === level).flatMap(sectionOf),
    ]),
  ].join('\n')}\n`;
