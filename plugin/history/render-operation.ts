import { isResumable, type Operation } from '../../core/operation/read-record.ts';
import { printableLine } from '../../core/printable.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { formatAge } from '../../core/status/age.ts';
import { drCommand } from '../../core/status/dr-command.ts';
import { type Cell, type Painter, showCell } from '../output/color.ts';
import { createTable } from '../output/table.ts';
import {
  ageCell,
  cell,
  lossText,
  namespacesOf,
  none,
  phaseCell,
  secondsCell,
  timeCell,
  unknownCell,
} from './render-history.ts';
import { durationOf, stepDurationOf, stepResultOf } from './timing.ts';

/** What is shown of one operation. */
export type OperationView = { readonly wide: boolean; readonly headings: boolean; readonly paint: Painter };

const labelWidth = 14;
/** More volumes than these are a list of their own. */
const shownVolumes = 10;

const line = (label: string, first: Cell, more = ''): string =>
  `${`${label}:`.padEnd(labelWidth)}${showCell(first)}${printableLine(more)}\n`;

const optional = (label: string, text: string | undefined): string =>
  text === undefined ? '' : line(label, text);

const ago = (milliseconds: number | undefined, now: number): string =>
  milliseconds === undefined
    ? unknownCell
    : `${timeCell(milliseconds)} (${formatAge(now - milliseconds)} ago)`;

/** A time of a record as it stands there. */
const written = (time: string): string => oneLine(time, 40);

const recordsText = ({ records }: Operation): string =>
  [...Map.groupBy(records, ({ site }) => site.name)]
    .map(
      ([site, seen]) =>
        `${site} (${seen
          .map(({ namespace }) => namespace)
          .toSorted()
          .join(', ')})`,
    )
    .join(', ');

/** Where the record is that a command about the operation starts from. */
const resumeCommand = ({ name, records }: Operation): string | undefined => {
  const [first] = records;
  return first && drCommand(first.site, 'resume', { namespace: first.namespace, name });
};

const header = (operation: Operation, paint: Painter, now: number): string => {
  const { message, startedAt, endedAt, pointOfNoReturnAt, secondsToPrimary, secondsToReady } = operation;
  const why = message ? `: ${oneLine(message, 2_000)}` : '';
  return [
    line('Name', operation.name),
    line('Verb', operation.verb),
    line('From', cell(operation.from.name)),
    line('To', cell(operation.to.name)),
    line('By', cell(operation.by)),
    optional('Reason', operation.reason && cell(operation.reason)),
    line('Result', phaseCell(operation, paint), why),
    line('Started', ago(startedAt, now)),
    optional('Ended', endedAt === undefined ? undefined : ago(endedAt, now)),
    line('Duration', ageCell(durationOf(operation, now))),
    optional('No return', pointOfNoReturnAt === undefined ? undefined : ago(pointOfNoReturnAt, now)),
    optional('To primary', secondsToPrimary === undefined ? undefined : secondsCell(secondsToPrimary)),
    optional('To ready', secondsToReady === undefined ? undefined : secondsCell(secondsToReady)),
    line('Data loss', lossText(operation)),
    optional('Stale site', operation.staleSite && cell(operation.staleSite)),
    line('Records', recordsText(operation)),
    optional('Next', isResumable(operation) ? resumeCommand(operation) : undefined),
  ].join('');
};

const indented = (rows: readonly (readonly string[])[]): string =>
  createTable()
    .format(rows)
    .replaceAll(/^(?=.)/gm, '  ');

/** A heading with its table, or with `<none>`. */
const section = (
  title: string,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  view: OperationView,
): string =>
  rows.length === 0
    ? `\n${title}: ${none}\n`
    : `\n${title}:\n${indented([...(view.headings ? [headings] : []), ...rows])}`;

const consents = ({ consents: given }: Operation, view: OperationView): string =>
  section(
    'Consents',
    ['AT', 'BY', 'ACCEPTS', 'MAX LOSS', 'REASON'],
    given.map(({ at, by, accepts, maxLoss, reason }) => [
      written(at),
      cell(by),
      cell(accepts),
      cell(maxLoss),
      cell(reason ?? ''),
    ]),
    view,
  );

type Column<T> = { readonly heading: string; readonly of: (part: T) => string };

/** The namespace is shown where there are several. */
const namespaceColumn = (operation: Operation): Column<{ readonly namespace: string }>[] =>
  namespacesOf(operation).length > 1 ? [{ heading: 'NAMESPACE', of: ({ namespace }) => namespace }] : [];

const columns = <T>(title: string, parts: readonly T[], view: OperationView, shown: readonly Column<T>[]) =>
  section(
    title,
    shown.map(({ heading }) => heading),
    parts.map((part) => shown.map(({ of }) => of(part))),
    view,
  );

const workloads = (operation: Operation, view: OperationView): string =>
  columns('Workloads', operation.workloads, view, [
    ...namespaceColumn(operation),
    { heading: 'KIND', of: ({ kind }) => cell(kind) },
    { heading: 'NAME', of: ({ name }) => cell(name) },
    { heading: 'SITE', of: ({ site }) => cell(site) },
    { heading: 'REPLICAS BEFORE', of: ({ replicas }) => String(replicas) },
  ]);

const volumes = (operation: Operation, view: OperationView): string => {
  const shown = view.wide ? operation.volumes : operation.volumes.slice(0, shownVolumes);
  const more = operation.volumes.length - shown.length;
  const table = columns(`Volumes (${operation.volumes.length})`, shown, view, [
    ...namespaceColumn(operation),
    { heading: 'PVC', of: ({ persistentVolumeClaim }) => cell(persistentVolumeClaim) },
    { heading: 'DRIVER', of: ({ driver }) => (driver ? cell(driver) : unknownCell) },
    { heading: 'HANDLE', of: ({ volumeHandle }) => (volumeHandle ? cell(volumeHandle) : unknownCell) },
  ]);
  return more > 0 ? `${table}  and ${more} more: -o wide\n` : table;
};

const steps = (operation: Operation, view: OperationView, now: number): string =>
  columns('Steps', operation.steps, view, [
    { heading: 'STEP', of: ({ name }) => cell(name) },
    ...namespaceColumn(operation),
    { heading: 'SITE', of: ({ site }) => cell(site) },
    { heading: 'STARTED', of: ({ startedAt }) => written(startedAt) },
    { heading: 'DURATION', of: (step) => ageCell(stepDurationOf(step, operation, now)) },
    { heading: 'RESULT', of: (step) => stepResultOf(step, operation) },
  ]);

/** One operation as a person reads it. */
export const renderOperation = (operation: Operation, view: OperationView, now: number): string =>
  [
    header(operation, view.paint, now),
    volumes(operation, view),
    consents(operation, view),
    workloads(operation, view),
    steps(operation, view, now),
  ].join('');
