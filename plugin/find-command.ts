import { type Command, commandName } from './command.ts';

/** A command by the words that call it: `sandbox`, `up`. */
export type FoundCommand = {
  readonly path: readonly string[];
  /** Undefined for `kubectl dr` itself. */
  readonly command: Command | undefined;
  /** The other words: flags, their values, arguments. */
  readonly rest: readonly string[];
  /** The first word that should have named a command and does not. */
  readonly unknown: string | undefined;
};

/** Whether the word after a flag is its value, in any command that has the flag. */
const takesValue = (word: string | undefined, commands: readonly Command[]): boolean =>
  word?.startsWith('-') === true &&
  !word.includes('=') &&
  commands.some(
    ({ flags, subcommands = [] }) =>
      Object.entries(flags).some(
        ([name, { alias, type }]) => type !== 'boolean' && [name, alias].includes(word.replace(/^-+/, '')),
      ) || takesValue(word, subcommands),
  );

/** Follows the words as far as they name commands; flags and their values may stand between. */
export const findCommand = (words: readonly string[], commands: readonly Command[]): FoundCommand => {
  const path: string[] = [];
  const rest: string[] = [];
  let command: Command | undefined;
  let choices: readonly Command[] | undefined = commands;
  let unknown: string | undefined;
  for (const [index, word] of words.entries()) {
    const isWord = !word.startsWith('-') && !takesValue(words[index - 1], commands);
    const next: Command | undefined = isWord
      ? choices?.find((candidate) => commandName(candidate) === word)
      : undefined;
    if (next === undefined) {
      if (isWord && choices !== undefined) unknown = word;
      if (isWord || word === '--') choices = undefined;
      rest.push(word);
      continue;
    }
    path.push(word);
    command = next;
    choices = next.subcommands;
  }
  return { path, command, rest, unknown };
};

/** Whether a command line asks for help. */
export const asksForHelp = (words: readonly string[]): boolean => {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
};
