import { commands } from '../commands/all.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { type Candidate, completionFor, type Wanted } from './candidates.ts';

/** Of Cobra's directives: no names of files, or the shell's own. */
const noFiles = ':4';
const files = ':0';

const flagValue = (words: readonly string[], ...names: string[]): string | undefined => {
  const index = words.findLastIndex((word) =>
    names.some((name) => word === name || word.startsWith(`${name}=`)),
  );
  const word = words[index];
  return word?.includes('=') ? word.slice(word.indexOf('=') + 1) : words[index + 1];
};

const lookUp = async (wanted: Wanted | undefined, words: readonly string[], io: Io): Promise<Candidate[]> => {
  if (wanted === undefined || wanted === 'files') return [];
  const { lookUpNames } = await import('../door/names.ts');
  const names = await lookUpNames(
    wanted,
    {
      kubeconfig: flagValue(words, '--kubeconfig'),
      context: flagValue(words, '--context'),
      namespace: flagValue(words, '--namespace', '-n'),
    },
    io,
  );
  return names.map((word) => ({ word }));
};

/**
 * `kubectl_complete-dr WORD…`, as kubectl calls it: one candidate per line, a tab, its meaning; then a directive.
 * Whatever goes wrong, nothing is printed but the directive: a shell is in the middle of a line.
 */
export const complete = async (words: readonly string[], io: Io): Promise<ExitCode> => {
  const { candidates, wanted } = completionFor(words, commands);
  const found = await lookUp(wanted, words, io).catch(() => []);
  const current = words.at(-1) ?? '';
  const lines = [...candidates, ...found]
    .filter(({ word }) => word.startsWith(current))
    .map(({ word, description }) => (description ? `${word}\t${description}` : word));
  io.stdout.write(`${[...lines, wanted === 'files' ? files : noFiles].join('\n')}\n`);
  return exitCode.ok;
};
