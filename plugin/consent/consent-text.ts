import type { ConsentAction } from '../../core/consent.ts';
import { type Seen, seenFields } from '../../core/consent-seen.ts';
import { formatTime } from '../../core/model/condition.ts';

/** Ten minutes: enough for a controller that is busy, too short to be found lying about. */
const validForMs = 10 * 60_000;

/** The text of the annotation by which somebody accepts a loss. `maxLoss`: a duration or `unknown`; `now` in milliseconds. */
export const consentText = (
  {
    accepts,
    seen,
    maxLoss,
    by,
    reason,
  }: {
    readonly accepts: readonly ConsentAction[];
    /** What the person was shown; undefined: nothing of the other site. */
    readonly seen: Seen | undefined;
    readonly maxLoss: string;
    readonly by: string;
    readonly reason: string | undefined;
  },
  now: number,
): string =>
  JSON.stringify({
    accepts,
    ...(seen === undefined ? {} : { seen: seenFields(seen) }),
    maxLoss,
    by,
    ...(reason === undefined ? {} : { reason }),
    expires: formatTime(now + validForMs),
  });

/** The text for the very object that it is written on: given for this generation of it, 0 where it is created. */
export const consentFor = (text: string, generation: number): string => {
  const { accepts, seen, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ accepts, seen: { ...(seen as object | undefined), generation }, ...rest });
};
