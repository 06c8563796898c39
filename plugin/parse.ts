import yargs from 'yargs';
import { DrError } from '../core/model/error.ts';
import { type Command, commandName, type Parser } from './command.ts';
import { expandShortFlags } from './flags/short-flags.ts';
import { usageError } from './usage-error.ts';

/** What the words of a command line ask for. */
export type Request =
  | { readonly kind: 'help'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly flags: Readonly<Record<string, unknown>>;
    };

/** Help is never wider, whatever the terminal. */
const widestHelp = 100;

type Choice = { command: Command; parser: Parser; flags: Record<string, unknown> };

const addCommand = (
  parser: Parser,
  path: readonly string[],
  command: Command,
  choose: (choice: Choice) => void,
): void => {
  const { positionals = {}, subcommands = [], examples, flags, epilogue = '' } = command;
  const here = [...path, commandName(command)];
  parser.command({
    command: command.usage,
    describe: command.hidden ? false : command.summary,
    builder: (inner) => {
      inner.usage(`${command.summary}\n\nUsage: kubectl dr ${[...path, command.usage].join(' ')} [flags]`);
      for (const [name, { describe, choices, array }] of Object.entries(positionals))
        inner.positional(name, {
          type: 'string',
          describe,
          ...(choices && { choices }),
          ...(array && { array }),
        });
      for (const subcommand of subcommands) addCommand(inner as Parser, here, subcommand, choose);
      return inner
        .options({ ...flags })
        .example(examples.map(([line, what]) => [line, what]))
        .epilogue(epilogue);
    },
    handler: (parsed) => choose({ command, parser, flags: parsed }),
  });
};

type Said = {
  readonly message: string;
  readonly words: readonly string[];
  readonly commands: readonly Command[];
};

/** `kubectl dr status`, as far as the words name commands. */
const commandPath = (words: readonly string[], commands: readonly Command[]): string => {
  const command = commands.find((candidate) => words.includes(commandName(candidate)));
  return command === undefined
    ? 'kubectl dr'
    : `kubectl dr ${[commandName(command), ...(command.subcommands ?? []).map(commandName).filter((name) => words.includes(name))].join(' ')}`;
};

const usageOf = ({ words, commands }: Said): string => {
  const command = commands.find((candidate) => words.includes(commandName(candidate)));
  const subcommand = command?.subcommands?.find((candidate) => words.includes(commandName(candidate)));
  return ['kubectl dr', command && (subcommand ? commandName(command) : command.usage), subcommand?.usage]
    .filter(Boolean)
    .join(' ');
};

/** What yargs calls an unknown argument, as kubectl would say it. */
const unknownArgument = (name: string, words: readonly string[]): string => {
  const typed = words.find((word) => word.replace(/^-+/, '').split('=')[0] === name);
  if (typed?.startsWith('--')) return `unknown flag: --${name}`;
  if (typed?.startsWith('-')) return `unknown shorthand flag: -${name}`;
  return `unknown command or argument "${name}"`;
};

/** Each sentence of yargs that a user can meet, and ours for it. */
const translations: readonly {
  readonly pattern: RegExp;
  readonly say: (match: string[], said: Said) => string;
}[] = [
  {
    pattern: /^Unknown arguments?: ([^,]+)/,
    say: ([, name = ''], { words }) => unknownArgument(name, words),
  },
  {
    pattern: /^Not enough arguments following: (.+)$/,
    say: ([, name = '']) => `flag needs a value: ${name.length === 1 ? '-' : '--'}${name}`,
  },
  {
    pattern: /^Invalid values: Argument: (.+), Given: (.+), Choices: (.+)$/,
    say: ([, name, given, choices]) =>
      `invalid value ${given} for ${name}: choose ${choices?.replaceAll('"', '')}`,
  },
  {
    pattern: /^Not enough non-option arguments/,
    say: (_, said) => `an argument is missing: ${usageOf(said)}`,
  },
  {
    pattern: /^Did you mean (.+)\?$/,
    say: ([, name], { words }) =>
      `unknown command "${words.find((word) => !word.startsWith('-'))}", did you mean "${name}"?`,
  },
];

const failureOf = (said: Said): Error => {
  const help = `see "${commandPath(said.words, said.commands)} --help"`;
  const line = said.message
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace('Invalid values:,', 'Invalid values:')
    .trim();
  const found = translations
    .map(({ pattern, say }) => ({ match: pattern.exec(line), say }))
    .find(({ match }) => match);
  return usageError(found?.match ? found.say(found.match, said) : line, help);
};

/**
 * Reads a command line. Throws a usage error, on one line; help is an answer, not an error.
 * A command that has subcommands and got none answers its help.
 */
export const parseCommandLine = (
  words: readonly string[],
  commands: readonly Command[],
  columns: number | undefined,
): Request => {
  const expanded = expandShortFlags(words);
  let choice: Choice | undefined;
  const parser = yargs()
    .scriptName('kubectl dr')
    .usage('Disaster recovery of Kubernetes volumes, over two clusters.\n\nUsage: kubectl dr COMMAND [flags]')
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
    .help('help')
    .alias('help', 'h')
    .wrap(Math.min(columns ?? widestHelp, widestHelp))
    .epilogue(
      'Flags stand after "dr". "kubectl dr COMMAND --help" shows the flags and examples of a command.',
    )
    .fail((message, error) => {
      throw error instanceof DrError
        ? error
        : failureOf({ message: message ?? error?.message ?? '', words: expanded, commands });
    });
  for (const command of commands)
    addCommand(parser, [], command, (found) => {
      choice = found;
    });
  let help = '';
  parser.parse(expanded, {}, (_error, _parsed, output) => {
    help = output;
  });
  if (help !== '') return { kind: 'help', text: `${help}\n` };
  if (choice?.command.load === undefined) return helpOf(words, commands, columns);
  const { command, flags } = choice;
  return { kind: 'command', command, flags };
};

const helpOf = (
  words: readonly string[],
  commands: readonly Command[],
  columns: number | undefined,
): Request => parseCommandLine([...words, '--help'], commands, columns);
