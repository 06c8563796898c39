import { describe, expect, it } from 'vitest';
import { commandName } from '../../../plugin/command.ts';
import { commands } from '../../../plugin/commands/all.ts';
import { completionFor } from '../../../plugin/completion/candidates.ts';

const complete = (line: string) => {
  const { candidates, ...rest } = completionFor(line.split(' '), commands);
  return { words: candidates.map(({ word }) => word), ...rest };
};

describe('completion', () => {
  it.each([
    { typed: '', words: commands.map(commandName) },
    { typed: 'sandbox ', words: ['up', 'down', 'status', 'fail', 'heal', 'link', 'write', 'read'] },
    { typed: 'sandbox fail ', words: ['cluster-1', 'cluster-2'] },
    { typed: 'sandbox fail cluster-1 ', words: [] },
    { typed: 'sandbox link ', words: ['up', 'down'] },
    { typed: 'completion ', words: ['bash', 'zsh', 'fish'] },
    { typed: 'version -o ', words: ['json', 'yaml'] },
    { typed: 'status -o ', words: ['wide', 'json', 'yaml', 'name', 'jsonpath='] },
    { typed: 'version --color=', words: ['auto', 'always', 'never'], prefix: '--color=' },
    { typed: 'explain ', words: [], wanted: 'rules' },
    { typed: 'explain DR102 ', words: [] },
    { typed: 'explain -o ', words: ['json', 'yaml'] },
    { typed: 'status ', words: [], wanted: 'claims' },
    { typed: 'status db -A ', words: [], wanted: 'claims' },
    { typed: 'history ', words: [], wanted: 'operations' },
    { typed: 'history relocate-1 ', words: [] },
    { typed: 'status -n ', words: [], wanted: 'namespaces' },
    { typed: 'status --peer-context ', words: [], wanted: 'contexts' },
    { typed: 'status --context=', words: [], wanted: 'contexts', prefix: '--context=' },
    { typed: 'status --kubeconfig ', words: [], wanted: 'files' },
    { typed: 'sandbox write cluster-1 ', words: [], wanted: 'claims' },
    { typed: 'frobnicate x', words: commands.map(commandName) },
  ])('after "$typed"', ({ typed, ...expected }) => {
    expect(complete(typed)).toEqual(expected);
  });

  it('offers every flag of the command', () => {
    expect(complete('status --').words).toContain('--peer-context');
  });
});
