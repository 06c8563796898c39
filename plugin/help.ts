import type { Options } from 'yargs';
import { type Command, commandName } from './command.ts';
import { wrap } from './output/wrap.ts';

// Help is made from the tables of the commands alone: nothing else is loaded for it.

/** Columns of help: what every terminal has. */
const width = 80;

/** Two columns; the second is wrapped beside the first. */
const columns = (rows: readonly (readonly [string, string])[]): string[] => {
  const left = rows.reduce((widest, [name]) => Math.max(widest, name.length), 0) + 2;
  return rows.flatMap(([name, text]) =>
    wrap(text, width - left - 2).map((line, index) =>
      `  ${(index === 0 ? name : '').padEnd(left)}${line}`.trimEnd(),
    ),
  );
};

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines];

const typeName = ({ type, choices }: Options): string =>
  type === 'boolean' ? '' : choices ? ` ${choices.join('|')}` : type === 'number' ? ' N' : ' TEXT';

const flagName = (name: string, flag: Options): string => {
  const short = name.length === 1 ? name : flag.alias;
  const long = name.length === 1 ? '' : `--${name}`;
  return `${short === undefined ? '    ' : `-${short}${long === '' ? '' : ', '}`}${long}${typeName(flag)}`;
};

const flagRow = ([name, flag]: [string, Options]): [string, string] => {
  const isWorthTelling = flag.default !== undefined && flag.default !== 0;
  return [flagName(name, flag), `${flag.describe}${isWorthTelling ? ` (default ${flag.default})` : ''}`];
};

const flagSections = (flags: Command['flags']): string[] => {
  const groups = Map.groupBy(Object.entries(flags), ([, { group }]) => group ?? 'Flags');
  return [...groups].flatMap(([title, entries]) =>
    section(
      title,
      columns([
        ...entries.map(flagRow),
        ...(title === 'Common' ? [['-h, --help', 'Show this help'] as const] : []),
      ]),
    ),
  );
};

/** `status [pvc..]` as help shows it: `status [PVC...]`; `explain [code]`: `explain [CODE]`; `fail <site>`: `fail SITE`. */
export const shownUsage = (usage: string): string =>
  usage
    .replaceAll(/\[([\w-]+)\.\.\]/g, (_, name: string) => `[${name.toUpperCase()}...]`)
    .replaceAll(/\[([\w-]+)\]/g, (_, name: string) => `[${name.toUpperCase()}]`)
    .replaceAll(/<([\w-]+)>/g, (_, name: string) => name.toUpperCase());

const commandRows = (commands: readonly Command[]): string[] =>
  columns(
    commands
      .filter(({ hidden }) => !hidden)
      .map(({ usage, summary }) => [shownUsage(usage), summary] as const),
  );

/** A command with subcommands may do something by itself too. */
const usageLines = (path: readonly string[], command: Command): string[] => {
  const { usage, load, subcommands = [] } = command;
  const line = (...words: readonly string[]): string => `  kubectl dr ${[...path, ...words].join(' ')}`;
  return [
    ...(load !== undefined || subcommands.length === 0 ? [line(shownUsage(usage), '[flags]')] : []),
    ...(subcommands.length > 0 ? [line(commandName(command), 'COMMAND [flags]')] : []),
  ];
};

/** Help of one command. `path`: the words before its own name. */
export const commandHelp = (path: readonly string[], command: Command): string => {
  const { summary, examples, flags, positionals = {}, subcommands = [], epilogue } = command;
  const lines = [
    ...wrap(`${summary}.`, width),
    ...section('Usage', usageLines(path, command)),
    ...section('Commands', commandRows(subcommands)),
    ...section(
      'Examples',
      examples.flatMap(([line, what], index) => [...(index === 0 ? [] : ['']), `  # ${what}`, `  ${line}`]),
    ),
    ...section(
      'Arguments',
      columns(
        Object.entries(positionals).map(([name, { describe, choices }]) => [
          name.toUpperCase(),
          choices === undefined ? describe : `${describe}: ${choices.join(', ')}`,
        ]),
      ),
    ),
    ...flagSections(flags),
    ...(epilogue === undefined
      ? []
      : ['', ...epilogue.split('\n').flatMap((paragraph) => wrap(paragraph, width))]),
  ];
  return `${lines.join('\n')}\n`;
};

/** Help of `kubectl dr` itself. */
export const rootHelp = (commands: readonly Command[]): string =>
  [
    'Disaster recovery of Kubernetes volumes, over two clusters.',
    ...section('Usage', ['  kubectl dr COMMAND [flags]']),
    ...section('Commands', commandRows(commands)),
    '',
    'Flags stand after "dr": kubectl takes none before the name of a plugin.',
    '"kubectl dr COMMAND --help" shows the examples and flags of a command.',
    '',
  ].join('\n');
