import type { ConsentAction } from '../../core/consent.ts';
import { formatTime } from '../../core/model/condition.ts';

/** Ten minutes: enough for a controller that is busy, too short to be found lying about. */
const validForMs = 10 * 60_000;

/** The text of the annotation by which somebody accepts a loss. `maxLoss`: a duration or `unknown`; `now` in milliseconds. */
export const consentText = (
  {
    accepts,
    maxLoss,
    by,
    reason,
  }: {
    readonly accepts: readonly ConsentAction[];
    readonly maxLoss: string;
    readonly by: string;
    readonly reason: string | undefined;
  },
  now: number,
): string =>
  JSON.stringify({
    accepts,
    maxLoss,
    by,
    ...(reason === undefined ? {} : { reason }),
    expires: formatTime(now + validForMs),
  });
