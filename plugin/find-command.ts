import { type Command, commandName } from './command.ts';

/** A command by the words that call it: `sandbox`, `up`. */
export type FoundCommand = {
  readonly path: readonly string[];
  /** Undefined for `kubectl dr` itself. */
  readonly command: Command | undefined;
  /** The first word that should have named a command and does not. */
  readonly unknown: string | undefined;
};

const isFlag = (word: string): boolean => word.startsWith('-');

/** Follows the words as far as they name commands; flags and their values may stand between. */
export const findCommand = (words: readonly string[], commands: readonly Command[]): FoundCommand => {
  const path: string[] = [];
  let command: Command | undefined;
  for (const word of words) {
    const choices: readonly Command[] | undefined = command === undefined ? commands : command.subcommands;
    if (choices === undefined || word === '--') break;
    const next = choices.find((candidate) => commandName(candidate) === word);
    if (next === undefined) continue;
    path.push(word);
    command = next;
  }
  const needsCommand = command === undefined || command.subcommands !== undefined;
  const unknown = needsCommand ? words.find((word) => !isFlag(word) && !path.includes(word)) : undefined;
  return { path, command, unknown };
};

/** Whether a command line asks for help. */
export const asksForHelp = (words: readonly string[]): boolean => {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
};
