import { commands } from './commands/all.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { asksForHelp, findCommand } from './find-command.ts';
import { expandShortFlags } from './flags/short-flags.ts';
import { commandHelp, rootHelp } from './help.ts';
import type { Io } from './io.ts';
import { reportError } from './report-error.ts';

/** The help that a command line asks for, or gets because it names no command that does something. */
const helpFor = (words: readonly string[]): string | undefined => {
  const { path, command, unknown } = findCommand(words, commands);
  const isIncomplete = command?.load === undefined && unknown === undefined;
  if (!asksForHelp(words) && (!isIncomplete || words.some((word) => word.startsWith('-')))) return undefined;
  return command === undefined ? rootHelp(commands) : commandHelp(path.slice(0, -1), command);
};

/** What the launcher kubectl_complete-dr puts before the words of kubectl. */
const completionWord = '__complete';

/** Does what the words of a command line ask for, prints, and answers the code to exit with. Never throws. */
export const run = async (words: readonly string[], io: Io): Promise<ExitCode> => {
  let verbosity: number | undefined;
  try {
    if (words[0] === completionWord)
      return await (await import('./completion/complete.ts')).complete(words.slice(1), io);
    const expanded = expandShortFlags(words);
    const help = helpFor(expanded);
    if (help !== undefined) {
      io.stdout.write(help);
      return exitCode.ok;
    }
    const { parseCommandLine } = await import('./parse.ts');
    const { command, flags } = parseCommandLine(expanded, commands);
    verbosity = Number(flags['v'] ?? 0);
    const handler = await command.load?.();
    return handler === undefined ? exitCode.ok : await handler(flags as never, io);
  } catch (error) {
    return reportError(error, io, verbosity);
  }
};
