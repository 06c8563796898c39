import { commands } from './commands/all.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { parseCommandLine } from './parse.ts';
import { reportError } from './report-error.ts';

/** Does what the words of a command line ask for, prints, and answers the code to exit with. Never throws. */
export const run = async (words: readonly string[], io: Io): Promise<ExitCode> => {
  let verbosity: number | undefined;
  try {
    const request = parseCommandLine(words, commands, io.columns);
    if (request.kind === 'help') {
      io.stdout.write(request.text);
      return exitCode.ok;
    }
    verbosity = Number(request.flags['v'] ?? 0);
    const handler = await request.command.load?.();
    return handler === undefined ? exitCode.ok : await handler(request.flags as never, io);
  } catch (error) {
    return reportError(error, io, verbosity);
  }
};
