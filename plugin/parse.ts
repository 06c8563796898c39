import yargs from 'yargs';
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

/** The words of `Unknown argument: a` as kubectl would say it. */
const unknownArgument = (name: string, words: readonly string[]): string => {
  const typed = words.find((word) => word.replace(/^-+/, '').split('=')[0] === name);
  if (typed?.startsWith('--')) return `unknown flag: --${name}`;
  if (typed?.startsWith('-')) return `unknown shorthand flag: -${name}`;
  return `unknown command or argument "${name}"`;
};

const failureOf = (message: string, words: readonly string[]): Error => {
  const [, name] = /^Unknown arguments?: ([^,]+)/.exec(message) ?? [];
  const [, needy] = /^Not enough arguments following: (.+)$/.exec(message) ?? [];
  const commandWords = words.slice(0, words.findIndex((word) => word.startsWith('-')) >>> 0);
  const help = `see "${['kubectl dr', commandWords[0] ?? ''].join(' ').trim()} --help"`;
  if (name !== undefined) return usageError(unknownArgument(name, words), help);
  if (needy !== undefined)
    return usageError(`flag needs a value: ${needy.length === 1 ? '-' : '--'}${needy}`, help);
  return usageError(message.split('\n').filter(Boolean).join(', ').replaceAll(/\s+/g, ' '), help);
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
    .exitProcess(false)
    .version(false)
    .help('help')
    .alias('help', 'h')
    .wrap(Math.min(columns ?? widestHelp, widestHelp))
    .epilogue(
      'Flags stand after "dr". "kubectl dr COMMAND --help" shows the flags and examples of a command.',
    )
    .fail((message, error) => {
      throw error ?? failureOf(message, expanded);
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
