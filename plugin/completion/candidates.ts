import type { Options } from 'yargs';
import type { Command } from '../command.ts';
import { commandName } from '../command.ts';
import { findCommand } from '../find-command.ts';

/** One word that may come next, and what it means. */
export type Candidate = { readonly word: string; readonly description?: string };

/** What the tables of commands do not hold: names in a kubeconfig or a cluster, codes of rules, files. */
export type Wanted = 'contexts' | 'claims' | 'operations' | 'namespaces' | 'rules' | 'files';

/** What may come next: words that are known here, and things to be looked up. */
export type Completion = {
  readonly candidates: readonly Candidate[];
  readonly wanted?: Wanted;
  /** Stands before every word: `--context=`. */
  readonly prefix?: string;
};

const valuesByFlag: Readonly<Record<string, Wanted>> = {
  context: 'contexts',
  'peer-context': 'contexts',
  to: 'contexts',
  namespace: 'namespaces',
  kubeconfig: 'files',
  'peer-kubeconfig': 'files',
  directory: 'files',
  from: 'files',
  plan: 'files',
  state: 'files',
  transform: 'files',
  'kubeconfig-out': 'files',
};

const valuesByArgument: Readonly<Record<string, Wanted>> = {
  pvc: 'claims',
  target: 'claims',
  name: 'operations',
  code: 'rules',
  source: 'files',
  dir: 'files',
};

const words = (choices: readonly unknown[]): Candidate[] => choices.map((word) => ({ word: String(word) }));

const outputFormats = ['wide', 'json', 'yaml', 'name', 'jsonpath='];

const flagNamed = (command: Command | undefined, typed: string): [string, Options] | undefined => {
  const name = typed.replace(/^-+/, '');
  return Object.entries(command?.flags ?? {}).find(([long, { alias }]) => long === name || alias === name);
};

/** Values of one flag. */
const valuesOf = ([name, flag]: [string, Options]): Completion => {
  if (flag.choices !== undefined) return { candidates: words([...flag.choices]) };
  if (name === 'output') return { candidates: words(outputFormats) };
  const wanted = valuesByFlag[name];
  return { candidates: [], ...(wanted && { wanted }) };
};

const flagsOf = (command: Command | undefined): Candidate[] => [
  ...Object.entries(command?.flags ?? {}).flatMap(([name, { describe }]) =>
    name.length === 1 ? [] : [{ word: `--${name}`, description: describe ?? '' }],
  ),
  { word: '--help', description: 'Show help' },
];

/** Words typed after the command that are neither flags nor their values. */
const argumentsIn = (
  typed: readonly string[],
  { path, command }: { path: readonly string[]; command: Command },
) =>
  typed.filter((word, index) => {
    if (word.startsWith('-') || path.includes(word)) return false;
    const before = typed[index - 1];
    const flag = before?.startsWith('-') && !before.includes('=') ? flagNamed(command, before) : undefined;
    return flag === undefined || flag[1].type === 'boolean';
  });

const argumentValues = (typed: readonly string[], path: readonly string[], command: Command): Completion => {
  const positionals = Object.entries(command.positionals ?? {});
  const count = argumentsIn(typed, { path, command }).length;
  const [name, positional] = positionals[Math.min(count, positionals.length - 1)] ?? [];
  if (positional === undefined || (count >= positionals.length && !positional.array))
    return { candidates: [] };
  if (positional.choices !== undefined) return { candidates: words(positional.choices) };
  const wanted = valuesByArgument[name ?? ''];
  return { candidates: [], ...(wanted && { wanted }) };
};

const subcommandsOf = (choices: readonly Command[] = []): Candidate[] =>
  choices
    .filter(({ hidden }) => !hidden)
    .map((choice) => ({ word: commandName(choice), description: choice.summary }));

/** What may stand in place of the last word, which is being typed and may be empty. */
export const completionFor = (line: readonly string[], commands: readonly Command[]): Completion => {
  const typed = line.slice(0, -1);
  const current = line.at(-1) ?? '';
  const { path, command } = findCommand(typed, commands);
  const before = typed.at(-1);
  const flagBefore =
    before?.startsWith('-') && !before.includes('=') ? flagNamed(command, before) : undefined;
  if (flagBefore !== undefined && flagBefore[1].type !== 'boolean') return valuesOf(flagBefore);
  const [, flagTyped] = /^(--[\w-]+)=/.exec(current) ?? [];
  if (flagTyped !== undefined) {
    const flag = flagNamed(command, flagTyped);
    return { ...(flag === undefined ? { candidates: [] } : valuesOf(flag)), prefix: `${flagTyped}=` };
  }
  if (current.startsWith('-')) return { candidates: flagsOf(command) };
  const choices = command === undefined ? commands : command.subcommands;
  const values = command?.load === undefined ? undefined : argumentValues(typed, path, command);
  // Behind a command's own argument there is no subcommand.
  const isDecided = command?.load !== undefined && argumentsIn(typed, { path, command }).length > 0;
  return {
    candidates: [...(isDecided ? [] : subcommandsOf(choices)), ...(values?.candidates ?? [])],
    ...(values?.wanted && { wanted: values.wanted }),
  };
};
