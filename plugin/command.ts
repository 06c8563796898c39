import type { Options } from 'yargs';
import type { ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';

/** What runs when a command was chosen. Loaded only then. */
export type Handler = (flags: never, io: Io) => Promise<ExitCode>;

/** One command of `kubectl dr`: what help and completion need, and where its work is. */
export type Command = {
  /** Name and positional words as yargs writes them: `status [pvc..]`. */
  readonly usage: string;
  readonly summary: string;
  /** Two to four: the command line as typed, and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  readonly flags: Readonly<Record<string, Options>>;
  /** Positional words: name, description, and the values there are to choose from. */
  readonly positionals?: Readonly<
    Record<string, { describe: string; choices?: readonly string[]; array?: boolean }>
  >;
  /** Further text below the flags: exit codes, meanings. */
  readonly epilogue?: string;
  /** Not shown in help. */
  readonly hidden?: boolean;
  /** Either a handler or subcommands. */
  readonly load?: () => Promise<Handler>;
  readonly subcommands?: readonly Command[];
};

/** The word that calls a command. */
export const commandName = ({ usage }: Pick<Command, 'usage'>): string => usage.split(' ')[0] ?? '';
