import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** All sources of the rooms that print, by their path. */
const sources = ['plugin', 'controller', 'webhook', 'sandbox', 'kube', 'core'].flatMap((room) =>
  readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const file = join(room, path);
      return { file, text: readFileSync(file, 'utf8') };
    }),
);

const filesWith = (pattern: RegExp): string[] =>
  sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

test('there is something to look at', () => {
  expect(sources.length).toBeGreaterThan(500);
  expect(filesWith(/\.line\(/).length).toBeGreaterThan(10);
});

test('nothing reaches an output of the process past the places that make it printable', () => {
  const outputs = /process\.(stdout|stderr)\b|console\.\w+\(|writeSync\((1|2|fd)\b|pino\.destination\(/;
  expect(filesWith(outputs).toSorted()).toEqual([
    // They say what an error was, through `describeFailure`.
    'controller/main.ts',
    'kube/program/log.ts',
    'kube/program/print.ts',
    'plugin/main.ts',
    'plugin/output/standard-sink.ts',
    'sandbox/main.ts',
    'webhook/main.ts',
  ]);
  for (const file of ['controller/main.ts', 'webhook/main.ts'])
    expect(readFileSync(file, 'utf8').match(/process\.std\w+\.\w+\(.*\)/g)).toEqual([
      'process.stderr.write(text)',
    ]);
  for (const written of readFileSync('sandbox/main.ts', 'utf8').match(/process\.std\w+\.\w+\(.*/g) ?? [])
    expect(written).toMatch(/^process\.stderr\.write\(`\$\{printableLine\(/);
});

test('text with colours comes of tables alone, and of what is drawn again and again', () => {
  expect(filesWith(/\.styled\(/).toSorted()).toEqual([
    'plugin/backup/list-backups.ts',
    'plugin/check/run-check.ts',
    'plugin/history/print-history.ts',
    'plugin/operation/progress/live-progress.ts',
    'plugin/status/printer.ts',
  ]);
});

test('bytes that nobody looks at are those of a volume, and of a backup that is printable as YAML', () => {
  expect(filesWith(/\bio\.\w+\.bytes\(/).toSorted()).toEqual([
    'plugin/backup/run-backup.ts',
    'plugin/sandbox/run-bytes.ts',
  ]);
});

test('one line is printed as a line, so that what it quotes cannot make two', () => {
  expect(
    filesWith(/(stdout|stderr)(\.direct)?\.write\(\s*`[^`\n]*\$\{[^`]*\}[^`]*\\n`,?\s*\)/).filter(
      isNoDocument,
    ),
  ).toEqual([]);
});

test('JSON that is printed comes of the place that escapes it', () => {
  expect(filesWith(/(write|line)\(\s*`?(\$\{)?JSON\.stringify/)).toEqual([]);
});

/** Texts of more lines than one, each of which is printable by itself. */
const isNoDocument = (file: string): boolean =>
  ![
    'plugin/completion/complete.ts',
    'plugin/consent/ask-consent.ts',
    'plugin/operation/ask-first.ts',
    'plugin/operation/progress/live-progress.ts',
    'plugin/operation/run-operation.ts',
  ].includes(file);
