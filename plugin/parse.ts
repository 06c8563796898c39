import yargs from 'yargs';
import { DrError } from '../core/model/error.ts';
import { type Command, commandName } from './command.ts';
import { type FoundCommand, findCommand } from './find-command.ts';
import { shownUsage } from './help.ts';
import { usageError } from './usage-error.ts';

/** The command that was chosen, and the values of its flags and arguments. */
export type Request = { readonly command: Command; readonly flags: Readonly<Record<string, unknown>> };

/** A command line and what was found in it, for what is said about it. */
type Said = { readonly words: readonly string[]; readonly found: FoundCommand };

/** What yargs calls an unknown argument, as kubectl would say it. */
const unknownArgument = (name: string, words: readonly string[]): string => {
  const typed = words.find((word) => word.replace(/^-+/, '').split('=')[0] === name);
  if (typed?.startsWith('--')) return `unknown flag: --${name}`;
  if (typed?.startsWith('-')) return `unknown shorthand flag: -${name}`;
  return `unexpected argument "${name}"`;
};

const usageOf = ({ path, command }: FoundCommand): string =>
  ['kubectl dr', ...path.slice(0, -1), command && shownUsage(command.usage)].filter(Boolean).join(' ');

type Translation = {
  readonly pattern: RegExp;
  readonly say: (match: readonly string[], said: Said) => string;
};

/** Each sentence of yargs that a user can meet, and ours for it. */
const translations: readonly Translation[] = [
  {
    pattern: /^Unknown arguments?: ([^,]+)/,
    say: ([, name = ''], { words }) => unknownArgument(name, words),
  },
  {
    pattern: /^Not enough arguments following: (.+)$/,
    say: ([, name = '']) => `flag needs a value: ${name.length === 1 ? '-' : '--'}${name}`,
  },
  {
    pattern: /^Invalid values: Argument: (.+?), Given: (.+?), Choices: (.+)$/,
    say: ([, name, given, choices]) =>
      `invalid value ${given} for ${name}: choose ${choices?.replaceAll('"', '')}`,
  },
  { pattern: /^Not enough non-option/, say: (_, { found }) => `an argument is missing: ${usageOf(found)}` },
];

const failure = (message: string, { path }: FoundCommand): DrError =>
  usageError(message, `see "${['kubectl dr', ...path].join(' ')} --help"`);

const failureOf = (message: string, said: Said): DrError => {
  const line = message
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace('Invalid values:,', 'Invalid values:')
    .trim();
  const translated = translations
    .map(({ pattern, say }) => ({ match: pattern.exec(line), say }))
    .find(({ match }) => match !== null);
  return failure(translated?.match ? translated.say(translated.match, said) : line, said.found);
};

/** Letters that must be put in, taken out or replaced to make one word of another. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(
        Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + Number(letter !== other)),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
};

const noSuchCommand = (word: string, found: FoundCommand, commands: readonly Command[]): DrError => {
  const names = (found.command?.subcommands ?? commands).map(commandName);
  const near = names.find((name) => distance(word, name) <= 2);
  return failure(`unknown command "${word}"${near === undefined ? '' : `, did you mean "${near}"?`}`, found);
};

/**
 * Reads a command line whose short flags stand alone. Throws a usage error of one line. The command is known already, so
 * the parser gets its flags alone: that is quicker than a tree of commands.
 */
export const parseCommandLine = (words: readonly string[], commands: readonly Command[]): Request => {
  const found = findCommand(words, commands);
  const { command, unknown } = found;
  if (unknown !== undefined && command?.load === undefined) throw noSuchCommand(unknown, found, commands);
  const flags = parseFlags(found, command ?? { usage: '', flags: {} });
  if (command === undefined) throw failure('a command is missing', found);
  return { command, flags };
};

/** yargs drops the word `-` where an argument may be repeated, so it goes in under a name that nobody types. */
const dash = '\0-';

const hideDash = (word: string): string => (word === '-' ? dash : word);

const showDash = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(showDash);
  return value === dash ? '-' : value;
};

/** Flags and arguments of one command. */
const parseFlags = (
  found: FoundCommand,
  { usage, positionals = {}, flags }: Pick<Command, 'usage' | 'positionals' | 'flags'>,
): Request['flags'] => {
  let values: Request['flags'] = {};
  const said: Said = { words: found.rest, found };
  const parser = yargs()
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-positional-numbers': false,
    })
    .strict()
    .exitProcess(false)
    .version(false)
    .help(false)
    .fail((message, error) => {
      throw error instanceof DrError ? error : failureOf(message ?? error?.message ?? 'unknown usage', said);
    })
    .command({
      command: ['$0', ...usage.split(' ').slice(1)].join(' '),
      builder: (inner) => {
        for (const [name, { describe, choices, array }] of Object.entries(positionals))
          inner.positional(name, {
            type: 'string',
            describe,
            ...(choices && { choices }),
            ...(array && { array }),
          });
        return inner.options({ ...flags });
      },
      handler: (parsed) => {
        values = Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, showDash(value)]));
      },
    });
  parser.parse(found.rest.map(hideDash));
  return values;
};
