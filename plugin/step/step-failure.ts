import { DrError, messageOf } from '../../core/model/error.ts';
import type { SiteName } from '../../core/status/snapshot.ts';
import { forSite } from '../../core/step/rule-obstacles.ts';
import { isForbidden } from '../door/api-failures.ts';
import type { RunEvent } from '../progress/run-event.ts';

/** What dr-webhook says, behind what kube-apiserver puts before it. */
const denial = /denied the request: (?:(DR\d{3}): )?(.*)$/s;

/** How a failure of one volume is told: a webhook's refusal by its rule, anything else by its own code. */
export const describeFailure = (
  error: unknown,
  here: SiteName,
): Pick<RunEvent, 'type' | 'code' | 'message' | 'next'> => {
  const message = messageOf(error).replaceAll(/\s*\n\s*/g, ' ');
  const [, rule, said] = (isForbidden(error) && denial.exec(message)) || [];
  if (said !== undefined) return { type: 'Refused', code: rule ?? 'Forbidden', message: forSite(said, here) };
  const hint = error instanceof DrError && error.hint !== undefined ? `; ${error.hint}` : '';
  return {
    type: 'Failed',
    code: error instanceof DrError ? error.code : 'Error',
    message: `${message}${hint}`,
  };
};
