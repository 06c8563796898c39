// Commands of ours in the texts that we print: each has to be one that a person can type.
import { messageOf } from '../../core/model/error.ts';
import { type Command, commandName } from '../../plugin/command.ts';
import { commands } from '../../plugin/commands/all.ts';
import { parseCommandLine } from '../../plugin/parse.ts';

/** Where a sentence goes on after a command, or a shell does. */
const end =
  /^(?:[;,:.)?](?=\s|$)|\s(?=[#|><(–]|(?:and|or|to|once|while|does|is|goes|tells?|says?|shows?|names|prints?|printed|writes?|that|wrote|will|until|candidates)(?:[\s:;,.)]|$))|[`"…\n])/;

/** The command that a text begins with: what is quoted belongs to it. */
const commandAtStart = (text: string): string => {
  let taken = '';
  for (let rest = text; rest !== '' && !end.test(rest); rest = text.slice(taken.length))
    taken += /^'[^'\n]*'/.exec(rest)?.[0] ?? rest[0];
  return taken.trim();
};

/** Every `kubectl dr …` in a text, up to where it ends. What names the plugin alone is no command. */
export const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/\bkubectl dr(?= )/g)].flatMap(({ index }) => {
    const line = commandAtStart(text.slice(index));
    return line === 'kubectl dr' ? [] : [line];
  });

/** Words as a shell makes them. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|\\'|[^\s'])+/g)].map(([word]) => word.replace(/'([^']*)'|\\(')/g, '$1$2'));

const namesIn = (list: readonly Command[]): string[] =>
  list.flatMap((command) => [commandName(command), ...namesIn(command.subcommands ?? [])]);
const names = new Set(namesIn(commands));

/** Why a command cannot be typed as it stands; undefined where it can. */
export const faultOf = (line: string): string | undefined => {
  const [, , first = '', ...rest] = wordsOf(line);
  // `kubectl dr COMMAND` and `kubectl dr WORD` speak of any.
  if (/^[A-Z]+$/.test(first)) return undefined;
  if (!names.has(first)) return `${line}: no command is called ${first}`;
  try {
    const words = [first, ...rest].map((word) => (word === 'VERB' ? 'relocate' : word));
    if (!words.includes('--help')) parseCommandLine(words, commands);
    return undefined;
  } catch (error) {
    return `${line}: ${messageOf(error)}`;
  }
};

/** Of a command that is only named, as `kubectl dr completion` is, nobody expects its arguments. */
export const isOnlyNamed = (fault: string): boolean =>
  /: (an argument is missing: |flag needs a value: )/.test(fault);

/** What is wrong with the commands of ours that a text names. */
export const faultsIn = (text: string): readonly string[] =>
  commandsIn(text).flatMap((line) => faultOf(line) ?? []);

const flagsOf = ({ flags, subcommands = [] }: Command): string[] => [
  ...Object.keys(flags),
  ...subcommands.flatMap(flagsOf),
];

/** The flags that some commands have, without the dashes. */
export const flagsOfCommands = (which: (name: string) => boolean): ReadonlySet<string> =>
  new Set([
    'help',
    ...commands.filter((command) => which(commandName(command))).flatMap((command) => flagsOf(command)),
  ]);
