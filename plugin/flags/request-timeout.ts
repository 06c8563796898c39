import { parseGoDuration } from '../../core/model/duration.ts';
import { usageError } from '../usage-error.ts';

/** `--request-timeout` in milliseconds: a Go duration (`1m30s`), or seconds without a unit; 0 waits forever. */
export const parseRequestTimeout = (text: string): number => {
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text);
  if (milliseconds === undefined || milliseconds < 0)
    throw usageError(
      `invalid value "${text}" for --request-timeout`,
      'give a duration such as 5s or 1m30s, or 0 to wait forever',
    );
  return milliseconds;
};
