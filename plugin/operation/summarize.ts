import { secondsBetween } from '../../core/operation/seconds-between.ts';
import type { MoveVerb } from '../../core/plan/move.ts';
import { formatAge } from '../../core/status/age.ts';
import { describeLoss } from './loss-of-run.ts';
import type { RunLog } from './run-log.ts';

const past: Readonly<Record<MoveVerb, string>> = {
  relocate: 'relocated',
  failover: 'failed over',
  failback: 'failed back',
  undo: 'taken back',
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const ageBetween = (from: number, until: number): string => formatAge(secondsBetween(from, until) * 1000);

/** When all volumes were primary and all workloads ready, as far as that is so. */
const measured = (log: Pick<RunLog, 'startedAt' | 'lastPrimaryAt' | 'lastReadyAt'>): readonly string[] => [
  ...(log.lastPrimaryAt === undefined
    ? []
    : [`volumes primary after ${ageBetween(log.startedAt, log.lastPrimaryAt)}`]),
  ...(log.lastReadyAt === undefined
    ? []
    : [`workloads ready after ${ageBetween(log.startedAt, log.lastReadyAt)}`]),
];

/** What users of the application notice first: the rest of a move goes on beside it. */
export const describeUp = (hasWorkloads: boolean, log: RunLog): string =>
  `${hasWorkloads ? 'the application is up' : 'the volumes are primary'} (${measured(log).join(', ')})`;

/** From the first workload that was stopped until all are ready: what users of the application noticed. */
const downFor = (from: string, log: RunLog): string[] => {
  const stopped = log.steps.get(`Stop ${from}`)?.startedAt;
  return stopped === undefined || log.lastReadyAt === undefined
    ? []
    : [`application down for ${ageBetween(stopped, log.lastReadyAt)}`];
};

/** What is taken back took its own time; everything else is measured from when it was first begun. */
const took = ({ verb, startedAt, runStartedAt, endedAt }: RunLog): string => {
  const since = verb === 'undo' ? runStartedAt : startedAt;
  return ageBetween(since, endedAt ?? since);
};

/** One line about what a run did: how many volumes, how many were there before, how long it took, and what was lost. */
export const summarize = (volumes: number, log: RunLog, wereThere = 0): string =>
  [
    `${plural(volumes, 'volume')} ${past[log.verb]} from ${log.from} in ${took(log)}`,
    wereThere === 0 ? '' : `${wereThere} ${wereThere === 1 ? 'was' : 'were'} there already`,
    ...(log.verb === 'undo' ? [] : [...measured(log), ...downFor(log.from, log), describeLoss(log)]),
  ]
    .filter((part) => part !== '')
    .join('; ');
