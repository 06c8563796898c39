import { setTimeout as delay } from 'node:timers/promises';
import { DrError } from '../../core/model/error.ts';
import { type Holder, leaseState } from '../../core/operation/lease.ts';
import { isHeld, type Operation, stepOf } from '../../core/operation/read-record.ts';
import { formatAge } from '../../core/status/age.ts';

/** Who looks, and how. */
export type LeaseWait = {
  readonly me: Holder;
  readonly isAlive: (pid: number) => boolean;
  /** Reads the operation anew; undefined where it is gone. */
  readonly look: (name: string) => Promise<Operation | undefined>;
  readonly onWaiting: (message: string) => void;
  readonly now: () => number;
  readonly signal: AbortSignal;
};

const lookEveryMs = 1_000;

const isRunning = (operation: Operation | undefined): operation is Operation =>
  operation?.phase === 'Running';

const describe = ({ verb, name, by }: Operation): string => `${verb.toLowerCase()} ${name} of ${by}`;

/** Two people on the same volumes: the second one is told what the first is doing. */
const runningElsewhere = (operation: Operation, now: number): DrError => {
  const { name, startedAt, records } = operation;
  const step = stepOf(operation);
  const at = step === undefined ? '' : `, at step ${step.name} on ${step.site}`;
  const since = startedAt === undefined ? '' : `, since ${formatAge(Math.max(0, now - startedAt))}`;
  const namespace = records[0]?.namespace ?? 'default';
  return new DrError({
    code: 'OperationRunning',
    message: `${describe(operation)} is moving these volumes${at}${since}`,
    hint: `see how it goes: kubectl dr history ${name} -n ${namespace}`,
  });
};

/**
 * Settles once nobody works on an operation any more: its lease is given back, its process has ended on this machine, or it was not
 * renewed while we watched for as long as it lasts. Throws where somebody does.
 */
export const awaitLease = async (first: Operation, wait: LeaseWait): Promise<void> => {
  const { me, isAlive, look, onWaiting, now, signal } = wait;
  const renewTime = first.lease?.renewTime;
  const seenSince = now();
  let operation: Operation | undefined = first;
  let isTold = false;
  while (isRunning(operation) && leaseState(operation.lease, me, isAlive) === 'held') {
    if (operation.lease?.renewTime !== renewTime) throw runningElsewhere(operation, now());
    if (!isHeld(operation.lease, seenSince, now())) return;
    if (!isTold)
      onWaiting(
        `${describe(first)} may still be running elsewhere: watches up to ${operation.lease?.leaseDurationSeconds}s whether it is`,
      );
    isTold = true;
    await delay(lookEveryMs, undefined, { signal });
    operation = await look(first.name);
  }
};
