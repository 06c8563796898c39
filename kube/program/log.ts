import { type DestinationStream, pino } from 'pino';

type Fields = Readonly<Record<string, unknown>>;

/** Structured log lines; sentences in the past tense, facts as fields. */
export type ProgramLog = {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
};

/** JSON lines, on stdout unless told otherwise. What could hold a secret is cut out wherever it stands. */
export const createLog = (level: string, destination: DestinationStream = pino.destination(1)): ProgramLog =>
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
    destination,
  );
