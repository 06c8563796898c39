import yargs from 'yargs';
import { DrError } from '../core/model/error.ts';
import type { Command, Parser } from './command.ts';
import { findCommand } from './find-command.ts';
import { shownUsage } from './help.ts';
import { usageError } from './usage-error.ts';

/** The command that was chosen, and the values of its flags and arguments. */
export type Request = { readonly command: Command; readonly flags: Readonly<Record<string, unknown>> };

const addCommand = (parser: Parser, command: Command, choose: (request: Request) => void): void => {
  const { positionals = {}, subcommands = [], flags } = command;
  parser.command({
    command: command.usage,
    builder: (inner) => {
      for (const [name, { describe, choices, array }] of Object.entries(positionals))
        inner.positional(name, {
          type: 'string',
          describe,
          ...(choices && { choices }),
          ...(array && { array }),
        });
      for (const subcommand of subcommands) addCommand(inner as Parser, subcommand, choose);
      return inner.options({ ...flags });
    },
    handler: (parsed) => choose({ command, flags: parsed }),
  });
};

type Said = { readonly words: readonly string[]; readonly commands: readonly Command[] };

/** What yargs calls an unknown argument, as kubectl would say it. */
const unknownArgument = (name: string, { words, commands }: Said): string => {
  const typed = words.find((word) => word.replace(/^-+/, '').split('=')[0] === name);
  if (typed?.startsWith('--')) return `unknown flag: --${name}`;
  if (typed?.startsWith('-')) return `unknown shorthand flag: -${name}`;
  const { unknown } = findCommand(words, commands);
  return unknown === undefined ? `unexpected argument "${name}"` : `unknown command "${unknown}"`;
};

const usageOf = ({ words, commands }: Said): string => {
  const { path, command } = findCommand(words, commands);
  return ['kubectl dr', ...path.slice(0, -1), command && shownUsage(command.usage)].filter(Boolean).join(' ');
};

type Translation = {
  readonly pattern: RegExp;
  readonly say: (match: readonly string[], said: Said) => string;
};

/** Each sentence of yargs that a user can meet, and ours for it. */
const translations: readonly Translation[] = [
  { pattern: /^Unknown arguments?: ([^,]+)/, say: ([, name = ''], said) => unknownArgument(name, said) },
  {
    pattern: /^Not enough arguments following: (.+)$/,
    say: ([, name = '']) => `flag needs a value: ${name.length === 1 ? '-' : '--'}${name}`,
  },
  {
    pattern: /^Invalid values: Argument: (.+?), Given: (.+?), Choices: (.+)$/,
    say: ([, name, given, choices]) =>
      `invalid value ${given} for ${name}: choose ${choices?.replaceAll('"', '')}`,
  },
  { pattern: /^Not enough non-option/, say: (_, said) => `an argument is missing: ${usageOf(said)}` },
  {
    pattern: /^Did you mean (.+)\?$/,
    say: ([, name], { words, commands }) =>
      `unknown command "${findCommand(words, commands).unknown}", did you mean "${name}"?`,
  },
];

const failureOf = (message: string, said: Said): Error => {
  const { path } = findCommand(said.words, said.commands);
  const help = `see "${['kubectl dr', ...path].join(' ')} --help"`;
  const line = message
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace('Invalid values:,', 'Invalid values:')
    .trim();
  const found = translations
    .map(({ pattern, say }) => ({ match: pattern.exec(line), say }))
    .find(({ match }) => match !== null);
  return usageError(found?.match ? found.say(found.match, said) : line, help);
};

/** Reads a command line whose short flags stand alone. Throws a usage error of one line. */
export const parseCommandLine = (words: readonly string[], commands: readonly Command[]): Request => {
  let request: Request | undefined;
  const parser = yargs()
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-positional-numbers': false,
    })
    .strict()
    .recommendCommands()
    .exitProcess(false)
    .version(false)
    .help(false)
    .fail((message, error) => {
      throw error instanceof DrError
        ? error
        : failureOf(message ?? error?.message ?? 'unknown usage', { words, commands });
    });
  for (const command of commands)
    addCommand(parser, command, (found) => {
      request = found;
    });
  parser.parse([...words]);
  if (request === undefined) throw failureOf('Not enough non-option arguments', { words, commands });
  return request;
};
