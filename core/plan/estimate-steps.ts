import { millisecondsOf } from '../model/api-time.ts';
import { parseGoDuration } from '../model/duration.ts';
import type { Operation } from '../operation/read-record.ts';
import type { GroupNow } from './move.ts';
import type { StepKind, StepName } from './step-look.ts';
import { replicationOf } from './steps/replication-steps.ts';

/** How long a step is likely to take, and who says so. */
export type Estimate = { readonly milliseconds: number; readonly source: string };

/** Steps that only look take the time of what they wait for: it is told by the last operation alone. */
const durationIn = ({ steps }: Operation, { name }: StepKind): number | undefined => {
  const times = steps
    .filter((step) => step.name === name)
    .flatMap(({ startedAt, endedAt }) => {
      const [start, end] = [millisecondsOf(startedAt), millisecondsOf(endedAt)];
      return start === undefined || end === undefined ? [] : [end - start];
    });
  return times.length === 0 ? undefined : Math.max(...times);
};

/** What was written last travels as long as the last snapshot did. */
const lastTransfer = (groups: readonly GroupNow[]): Estimate | undefined => {
  const durations = groups.flatMap(({ volumes }) =>
    volumes.flatMap(({ source }) => {
      const status = source.known ? replicationOf(source.value)?.status : undefined;
      return (status?.lastSyncDuration && parseGoDuration(status.lastSyncDuration)) || [];
    }),
  );
  return durations.length === 0
    ? undefined
    : { milliseconds: Math.max(...durations), source: 'the last sync took as long' };
};

const transfers: readonly StepName[] = ['HandOver', 'CatchUp'];

/** How long a step is likely to take: as long as it took before; undefined where nobody knows. `earlier` with the latest first. */
export const estimateStep = (
  kind: StepKind,
  groups: readonly GroupNow[],
  earlier: readonly Operation[],
): Estimate | undefined => {
  for (const operation of earlier) {
    const milliseconds = operation.phase === 'Succeeded' ? durationIn(operation, kind) : undefined;
    if (milliseconds !== undefined) return { milliseconds, source: `${operation.name} took as long` };
  }
  return transfers.includes(kind.name) ? lastTransfer(groups) : undefined;
};
