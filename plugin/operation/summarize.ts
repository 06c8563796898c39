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

const lossText = (log: RunLog): string => {
  if (log.dataLoss === undefined) return '';
  return log.dataLoss === '0s' ? 'nothing lost' : `lost: ${log.dataLoss}`;
};

/** One line about what a run did: how many volumes, how long it took, and what was lost. */
export const summarize = (verb: MoveVerb, volumes: number, from: string, log: RunLog): string =>
  [
    `${plural(volumes, 'volume')} ${past[verb]} from ${from} in ${formatAge((log.endedAt ?? log.startedAt) - log.startedAt)}`,
    ...measured(log),
    lossText(log),
  ]
    .filter((part) => part !== '')
    .join('; ');
