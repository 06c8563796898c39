import { type DestinationStream, pino } from 'pino';
import { printableJson } from '../../core/printable.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Structured log lines; sentences in the past tense, facts as fields. */
export type ProgramLog = {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
};

/** Bytes of lines that could not be written yet; more are dropped. */
const longestBacklog = 2 ** 20;

/** Standard output. A program does not end because its log cannot be written: what it does matters more. */
const standardOutput = (): DestinationStream =>
  pino.destination({ dest: 1, sync: true, maxLength: longestBacklog }).on('error', () => undefined);

/**
 * JSON lines, on stdout unless told otherwise. What could hold a secret is cut out wherever it stands, and what others wrote steers nobody's
 * terminal.
 */
export const createLog = (level: string, destination: DestinationStream = standardOutput()): ProgramLog =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'secrets',
          '*.secrets',
          '*.*.secrets',
          'token',
          '*.token',
          'data',
          '*.data',
          'authorization',
          '*.authorization',
        ],
        censor: '[redacted]',
      },
    },
    { write: (line) => destination.write(printableJson(line)) },
  );
