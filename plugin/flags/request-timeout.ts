import { usageError } from '../usage-error.ts';

const unitMilliseconds: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const wholeDuration = /^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/;

/** `--request-timeout` in milliseconds: a Go duration (`1m30s`), or seconds without a unit; 0 waits forever. */
export const parseRequestTimeout = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!wholeDuration.test(text))
    throw usageError(
      `invalid value "${text}" for --request-timeout`,
      'give a duration such as 5s or 1m30s, or 0 to wait forever',
    );
  return [...text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (sum, [, digits, unit]) => sum + Number(digits) * (unitMilliseconds[unit ?? ''] ?? 0),
    0,
  );
};
