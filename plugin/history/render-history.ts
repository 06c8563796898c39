import { formatTime } from '../../core/model/condition.ts';
import { lossInShort } from '../../core/operation/data-loss.ts';
import type { OperationPhase } from '../../core/operation/operation-record.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { formatAge } from '../../core/status/age.ts';
import type { Cell, Painter } from '../output/color.ts';
import { durationOf } from './timing.ts';

/** What a table of operations shows. */
export type HistoryView = {
  readonly namespaces: boolean;
  readonly wide: boolean;
  readonly headings: boolean;
  readonly paint: Painter;
};

const colors: Partial<Record<OperationPhase, Parameters<Painter>[1]>> = {
  Succeeded: 'green',
  Running: 'blue',
  Left: 'yellow',
  Failed: 'red',
};

export const none = '<none>';
export const unknownCell = '<unknown>';

/** Records are written by whoever may: none of it may break a row or steer a terminal. */
export const cell = (text: string): string => oneLine(text) || none;

export const phaseCell = ({ phase }: Operation, paint: Painter): Cell => {
  const [text, color] = [oneLine(phase, 20), colors[phase]];
  return color === undefined ? text : paint(text, color);
};

export const ageCell = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? unknownCell : formatAge(milliseconds);

export const secondsCell = (seconds: number | undefined): string =>
  seconds === undefined ? unknownCell : formatAge(seconds * 1000);

export const timeCell = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? unknownCell : formatTime(milliseconds);

/** Namespaces whose records were read, in order. */
export const namespacesOf = ({ records }: Operation): string[] =>
  [...new Set(records.map(({ namespace }) => namespace))].toSorted();

const shownNamespaces = 3;

const namespacesCell = (operation: Operation): string => {
  const all = namespacesOf(operation);
  const more = all.length - shownNamespaces;
  return [...all.slice(0, shownNamespaces), ...(more > 0 ? [`+${more}`] : [])].join(',');
};

const headingsOf = ({ namespaces, wide }: HistoryView): string[] => [
  ...(namespaces ? ['NAMESPACES'] : []),
  ...['NAME', 'VERB', 'FROM', 'TO', 'VOLUMES', 'BY', 'STARTED', 'DURATION', 'RESULT', 'LOSS'],
  ...(wide ? ['TO PRIMARY', 'TO READY', 'RECORDS ON', 'REASON', 'MESSAGE'] : []),
];

const measureCell = ({ phase }: Operation, seconds: number | undefined): string =>
  phase === 'Undone' ? none : secondsCell(seconds);

/** What was taken back has lost nothing, apart from what it says. */
export const lossText = ({ dataLoss, phase }: Operation): string => {
  if (dataLoss !== undefined) return cell(dataLoss);
  return phase === 'Undone' ? none : unknownCell;
};

/** Who says so, and since when, is shown of one operation in full. */
const lossCell = (operation: Operation): string => lossInShort(lossText(operation));

const wideCells = (operation: Operation): string[] => [
  measureCell(operation, operation.secondsToPrimary),
  measureCell(operation, operation.secondsToReady),
  [...new Set(operation.records.map(({ site }) => site.name))].join(','),
  cell(operation.reason ?? ''),
  cell(operation.message ?? ''),
];

const rowOf = (operation: Operation, view: HistoryView, now: number): Cell[] => [
  ...(view.namespaces ? [namespacesCell(operation)] : []),
  operation.name,
  operation.verb,
  cell(operation.from.name),
  cell(operation.to.name),
  String(operation.volumes.length),
  cell(operation.by),
  view.wide
    ? timeCell(operation.startedAt)
    : ageCell(operation.startedAt === undefined ? undefined : now - operation.startedAt),
  ageCell(durationOf(operation, now)),
  phaseCell(operation, view.paint),
  lossCell(operation),
  ...(view.wide ? wideCells(operation) : []),
];

/** Rows for a table, the headings first. */
export const historyRows = (operations: readonly Operation[], view: HistoryView, now: number): Cell[][] => [
  ...(view.headings ? [headingsOf(view)] : []),
  ...operations.map((operation) => rowOf(operation, view, now)),
];
