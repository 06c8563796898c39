import { parseGoDuration } from '../../core/model/duration.ts';
import { DrError } from '../../core/model/error.ts';

/** A flag that cannot be honoured, with the program whose help says more. */
export const invalidFlag = (program: string, message: string): DrError =>
  new DrError({ code: 'FlagInvalid', message, hint: `see ${program} --help` });

/** Milliseconds of a flag such as `30s`. Throws `FlagInvalid` for anything else. */
export const durationFlag = (program: string, flag: string, text: string): number => {
  const value = parseGoDuration(text);
  if (value === undefined || value < 0)
    throw invalidFlag(program, `--${flag}: "${text}" is not a duration such as 30s or 3m`);
  return value;
};

/** What yargs says about a wrong command line, in our words: it lists an unknown flag twice, also in camel case. */
export const sayInOneLine = (message: string): string => {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  const [, unknown] = /^Unknown arguments?: ([^,]+)/.exec(line) ?? [];
  if (unknown !== undefined) return `unknown flag or argument: ${unknown}`;
  const [, missing] = /^Missing required arguments?: (.+)/.exec(line) ?? [];
  if (missing !== undefined) return `--${missing} is required`;
  const [, bare] = /^Not enough arguments following: (.+)/.exec(line) ?? [];
  if (bare !== undefined) return `--${bare} is empty`;
  const [, flag, given, choices] = /Argument: (.+), Given: (.+), Choices: (.+)/.exec(line) ?? [];
  return flag === undefined ? line : `--${flag}: ${given} is none of ${choices}`;
};

/** Flags that say how much is logged, in the form of yargs; see `logLevelOf`. */
export const logOptions = {
  'log-level': {
    type: 'string',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const,
    describe: 'How much is logged',
  },
  v: { type: 'number', default: 0, describe: 'Log verbosity as klog counts: 4 debug, 6 trace' },
} as const;

/** The level of `--log-level`, else of klog's `-v`: 4 debug, 6 trace. */
export const logLevelOf = (level: string | undefined, verbosity: number): string => {
  if (level !== undefined) return level;
  if (verbosity >= 6) return 'trace';
  return verbosity >= 4 ? 'debug' : 'info';
};
