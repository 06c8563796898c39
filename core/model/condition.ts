import type { Condition } from './kubernetes-object.ts';

/** A condition before it is set: who sets it adds generation and time. */
export type NewCondition = Pick<Condition, 'type' | 'status' | 'reason' | 'message'> & {
  /** When it began, milliseconds since the epoch, where that is known better than by the moment at which its status turned. */
  readonly since?: number;
};

/** `metav1.Time`: RFC 3339, UTC, whole seconds. */
export const formatTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/**
 * The list with one condition set, as apimachinery's `SetStatusCondition` does it: the time moves only when the status
 * does (unless it is given), everything else is overwritten, new types go to the end.
 */
export const withCondition = (
  conditions: readonly Condition[],
  fresh: NewCondition,
  { generation, time }: { generation: number; time: string },
): Condition[] => {
  const before = conditions.find(({ type }) => type === fresh.type);
  const unturned = before?.status === fresh.status ? before.lastTransitionTime : time;
  const condition: Condition = {
    type: fresh.type,
    status: fresh.status,
    observedGeneration: generation,
    lastTransitionTime: fresh.since === undefined ? unturned : formatTime(fresh.since),
    reason: fresh.reason,
    message: fresh.message,
  };
  return before === undefined
    ? [...conditions, condition]
    : conditions.map((entry) => (entry.type === fresh.type ? condition : entry));
};

/** The list without one type. */
export const withoutCondition = (conditions: readonly Condition[], type: string): Condition[] =>
  conditions.filter((condition) => condition.type !== type);
