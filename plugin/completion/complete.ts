import { commands } from '../commands/all.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { type Candidate, completionFor, type Wanted } from './candidates.ts';

/** Of Cobra's directives: no names of files, or the shell's own. */
const noFiles = ':4';
const files = ':0';

/** The last value that a flag was given; undefined where it was given none. */
const flagValue = (words: readonly string[], ...names: string[]): string | undefined =>
  words
    .map((word, index) => {
      const name = names.find((candidate) => word === candidate || word.startsWith(`${candidate}=`));
      if (name === undefined) return undefined;
      return word === name ? words[index + 1] : word.slice(name.length + 1);
    })
    .findLast((value) => value !== undefined);

const lookUp = async (wanted: Wanted | undefined, words: readonly string[], io: Io): Promise<Candidate[]> => {
  if (wanted === undefined || wanted === 'files') return [];
  if (wanted === 'rules')
    return (await import('../explain/rule-candidates.ts')).ruleCandidates(words.at(-1) ?? '');
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
  const { candidates, wanted, prefix = '' } = completionFor(words, commands);
  const found = await lookUp(wanted, words, io).catch(() => []);
  const current = words.at(-1) ?? '';
  const lines = [...candidates, ...found]
    .map(({ word, ...rest }) => ({ word: prefix + word, ...rest }))
    .filter(({ word }) => word.startsWith(current))
    .map(({ word, description }) => (description ? `${word}\t${description}` : word));
  io.stdout.write(`${[...lines, wanted === 'files' ? files : noFiles].join('\n')}\n`);
  return exitCode.ok;
};
