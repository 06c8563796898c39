import { millisecondsOf } from '../../core/model/api-time.ts';
import type { OperationStep } from '../../core/operation/operation-record.ts';
import type { Operation } from '../../core/operation/read-record.ts';

/** Milliseconds from start to end, or until now while it runs; undefined where nobody knows. */
export const durationOf = (
  { startedAt, endedAt, phase }: Pick<Operation, 'startedAt' | 'endedAt' | 'phase'>,
  now: number,
): number | undefined => {
  const until = phase === 'Running' ? now : endedAt;
  return startedAt === undefined || until === undefined ? undefined : Math.max(0, until - startedAt);
};

/** How a step stands. One that has no end in an operation that is over was left: nobody waited for it any longer. */
export type StepResult = 'Done' | 'Running' | 'Failed' | 'Left';

export const stepResultOf = ({ endedAt }: OperationStep, { phase }: Pick<Operation, 'phase'>): StepResult => {
  if (endedAt !== undefined) return 'Done';
  return phase === 'Running' || phase === 'Failed' ? phase : 'Left';
};

/** Milliseconds that a step took, or has taken until now; undefined where nobody knows. */
export const stepDurationOf = (
  step: OperationStep,
  operation: Pick<Operation, 'phase' | 'endedAt'>,
  now: number,
): number | undefined => {
  const until = operation.phase === 'Running' ? now : operation.endedAt;
  const startedAt = millisecondsOf(step.startedAt);
  const endedAt = step.endedAt === undefined ? until : millisecondsOf(step.endedAt);
  return startedAt === undefined || endedAt === undefined ? undefined : Math.max(0, endedAt - startedAt);
};
