import { errorText, type Failure } from './answer.ts';
import {
  type ConditionSet,
  failedDemotion,
  failedPromotion,
  failedResync,
  validated,
} from './condition-sets.ts';
import { currentState, type Facts } from './facts.ts';
import { backoff, type Note, type Requeue, type Step, secondaryRetryMs } from './step.ts';

type Build = (source: string, message: string, error: string) => ConditionSet;

const kinds = {
  promote: { conditions: failedPromotion, reason: 'FailedToPromote' },
  demote: { conditions: failedDemotion, reason: 'FailedToDemote' },
  resync: { conditions: failedResync, reason: 'FailedToResync' },
} as const satisfies Record<string, { conditions: Build; reason: string }>;

/**
 * When to look again after an error: at a steady pace while the volume is a secondary, else with back-off. A resync on its
 * way answers Unavailable, NotFound, InvalidArgument and Unknown before it is well, so no code ends the attempts.
 */
export const retryAfterError = (facts: Facts): Requeue =>
  currentState(facts) === 'Secondary'
    ? { when: 'after', ms: Math.min(secondaryRetryMs, facts.resyncPollMs) }
    : backoff;

/** A refusal by a rule that has passed: the driver was called after all. */
const clearRefusal = ({ replication }: Facts): ConditionSet =>
  replication.status?.conditions?.some(({ type, status }) => type === 'Validated' && status === 'False')
    ? validated('volume')
    : [];

/** A failed call: its conditions, the driver's words as message, and another attempt. */
export const failedCall = (
  facts: Facts,
  kind: keyof typeof kinds,
  { completed, failure, requeue }: { completed: string; failure: Failure; requeue?: Requeue },
): Step => {
  const { conditions, reason } = kinds[kind];
  const note: Note = { type: 'Warning', reason, message: `${completed}: ${failure.description}` };
  return {
    do: 'finish',
    status: {
      message: failure.description,
      conditions: [...conditions('volume', completed, errorText(failure)), ...clearRefusal(facts)],
    },
    requeue: requeue ?? retryAfterError(facts),
    notes: [note],
  };
};
