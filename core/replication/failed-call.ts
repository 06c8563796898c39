import { errorText, type Failure } from './answer.ts';
import {
  type ConditionSet,
  failedDemotion,
  failedPromotion,
  failedResync,
  validated,
} from './condition-sets.ts';
import { currentState, type Facts } from './facts.ts';
import { handOverDelay } from './poll-interval.ts';
import { backoff, type Note, type Requeue, type Step, secondaryRetryMs } from './step.ts';

type Build = (source: string, message: string, error: string) => ConditionSet;

const kinds = {
  promote: { conditions: failedPromotion, reason: 'FailedToPromote' },
  demote: { conditions: failedDemotion, reason: 'FailedToDemote' },
  resync: { conditions: failedResync, reason: 'FailedToResync' },
} as const satisfies Record<string, { conditions: Build; reason: string }>;

/** Since when the copy is not what it should be, or the calls for it fail, whatever came later; the present moment where neither is so. */
const troubledSince = ({ replication: { status }, now }: Facts): number => {
  const times = (status?.conditions ?? [])
    .filter(
      ({ type, status: value }) =>
        `${type} ${value}` === 'Degraded True' || `${type} ${value}` === 'Completed False',
    )
    .map(({ lastTransitionTime }) => Date.parse(lastTransitionTime));
  return times.length === 0 ? now : Math.max(...times);
};

/**
 * When to look again after an error: with back-off, or, while the volume is a secondary, after 1, 2, 4 … seconds up to a steady pace.
 * A planned move waits for what ends such errors: recorded from ceph-csi, a demoted side answers Internal until its daemon looks again.
 * A resync on its way answers Unavailable, NotFound, InvalidArgument and Unknown before it is well, so no code ends the attempts.
 */
export const retryAfterError = (facts: Facts): Requeue => {
  if (currentState(facts) !== 'Secondary') return backoff;
  const longest = Math.min(secondaryRetryMs, facts.resyncPollMs);
  return { when: 'after', ms: handOverDelay(facts.now - troubledSince(facts), longest) };
};

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
