import { describe, expect, test } from 'vitest';
import { commands } from '../../../plugin/commands/all.ts';
import { completionFor } from '../../../plugin/completion/candidates.ts';

const complete = (line: string) => {
  const { candidates, ...rest } = completionFor(line.split(' '), commands);
  return { words: candidates.map(({ word }) => word), ...rest };
};

describe('completion of a command that has subcommands and does something by itself', () => {
  test.each([
    { typed: 'backup ', words: ['list', 'verify'], wanted: 'claims' },
    { typed: 'backup -n shop ', words: ['list', 'verify'], wanted: 'claims' },
    { typed: 'backup db ', words: [], wanted: 'claims' },
    { typed: 'backup -d ', words: [], wanted: 'files' },
    { typed: 'backup --directory=', words: [], wanted: 'files', prefix: '--directory=' },
    { typed: 'backup list ', words: [] },
    { typed: 'backup list -d ', words: [], wanted: 'files' },
    { typed: 'backup verify ', words: [], wanted: 'files' },
    { typed: 'backup -o ', words: ['json', 'yaml', 'name'] },
  ])('after "$typed"', ({ typed, ...expected }) => {
    expect(complete(typed)).toEqual(expected);
  });

  test('flags are those of the command itself', () => {
    expect(complete('backup --').words).toEqual(
      expect.arrayContaining(['--directory', '--include-workloads']),
    );
    expect(complete('backup list --').words).not.toContain('--include-workloads');
  });
});
