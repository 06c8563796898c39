import type { MoveVerb } from '../../core/plan/move.ts';
import { formatAge } from '../../core/status/age.ts';
import type { RunLog } from './operation-status.ts';

const past: Readonly<Record<MoveVerb, string>> = {
  relocate: 'relocated',
  failover: 'failed over',
  failback: 'failed back',
  undo: 'taken back',
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const measured = (log: RunLog): string[] => [
  ...(log.lastPrimaryAt === undefined
    ? []
    : [`volumes primary after ${formatAge(log.lastPrimaryAt - log.startedAt)}`]),
  ...(log.lastReadyAt === undefined
    ? []
    : [`workloads ready after ${formatAge(log.lastReadyAt - log.startedAt)}`]),
];

/** From the first workload that was stopped until all are ready: what users of the application noticed. */
const downFor = (from: string, log: RunLog): string[] => {
  const stopped = log.steps.get(`Stop ${from}`)?.startedAt;
  return stopped === undefined || log.lastReadyAt === undefined
    ? []
    : [`application down for ${formatAge(log.lastReadyAt - stopped)}`];
};

const lossText = (log: RunLog): string => {
  if (log.dataLoss === undefined) return '';
  return log.dataLoss === '0s' ? 'nothing lost' : `lost: ${log.dataLoss}`;
};

/** What is taken back took its own time; everything else is measured from when it was first begun. */
const took = (verb: MoveVerb, { startedAt, runStartedAt, endedAt }: RunLog): string => {
  const since = verb === 'undo' ? runStartedAt : startedAt;
  return formatAge((endedAt ?? since) - since);
};

/** One line about what a run did: how many volumes, how long it took, and what was lost. */
export const summarize = (verb: MoveVerb, volumes: number, from: string, log: RunLog): string =>
  [
    `${plural(volumes, 'volume')} ${past[verb]} from ${from} in ${took(verb, log)}`,
    ...(verb === 'undo' ? [] : [...measured(log), ...downFor(from, log), lossText(log)]),
  ]
    .filter((part) => part !== '')
    .join('; ');
