import { millisecondsOf } from '../model/api-time.ts';
import type { SiteName } from '../status/snapshot.ts';
import { greatestLoss } from './data-loss.ts';
import type {
  OperationConsent,
  OperationLease,
  OperationPhase,
  OperationRecord,
  OperationStep,
  OperationVolume,
  OperationWorkload,
} from './operation-record.ts';

/** One part of an operation, and the namespace whose record told of it. */
export type InNamespace<T> = T & { readonly namespace: string };

/** A record as it was read: one of several that make an operation. */
export type SeenRecord = {
  readonly site: SiteName;
  readonly namespace: string;
  readonly record: OperationRecord;
};

/** One operation, put together from all of its records that could be read. Times in milliseconds since the epoch. */
export type Operation = Pick<OperationRecord['spec'], 'verb' | 'from' | 'to' | 'by'> & {
  readonly name: string;
  readonly reason: string | undefined;
  readonly phase: OperationPhase;
  readonly message: string | undefined;
  readonly volumes: readonly InNamespace<OperationVolume>[];
  readonly workloads: readonly InNamespace<OperationWorkload>[];
  /** By start. */
  readonly steps: readonly InNamespace<OperationStep>[];
  /** By time. */
  readonly consents: readonly OperationConsent[];
  readonly startedAt: number | undefined;
  /** Undefined while it runs. */
  readonly endedAt: number | undefined;
  readonly pointOfNoReturnAt: number | undefined;
  /** The newest time that anybody wrote into it. */
  readonly lastHeardAt: number | undefined;
  readonly lease: OperationLease | undefined;
  readonly secondsToPrimary: number | undefined;
  readonly secondsToReady: number | undefined;
  /** The greatest of all namespaces. */
  readonly dataLoss: string | undefined;
  readonly staleSite: string | undefined;
  readonly records: readonly SeenRecord[];
};

/** What one site's API server told of operations. */
export type SiteRecords = { readonly site: SiteName; readonly records: readonly OperationRecord[] };

const greatest = (values: readonly (number | undefined)[]): number | undefined => {
  const told = values.filter((value) => value !== undefined);
  return told.length === 0 ? undefined : told.reduce((best, value) => Math.max(best, value));
};

const oldest = (times: readonly (number | undefined)[]): number | undefined => {
  const told = times.filter((time) => time !== undefined);
  return told.length === 0 ? undefined : told.reduce((best, time) => Math.min(best, time));
};

/** A record before its first status has just been made: its command is about to write it. */
const phaseOf = ({ status }: OperationRecord): OperationPhase => status?.phase ?? 'Running';

/** Of two records that were written at one time: one that was ended was written later than one that was not. */
const latestPhases: readonly OperationPhase[] = [
  'Failed',
  'Left',
  'Undone',
  'Superseded',
  'Succeeded',
  'Running',
];

/** Whole seconds: a lease is renewed with fractions of one, and an end is told without. */
const writtenAt = ({ record }: SeenRecord): number => {
  const { lease, endedAt } = record.status ?? {};
  const written = greatest([millisecondsOf(lease?.renewTime), millisecondsOf(endedAt)]);
  return Math.floor((written ?? 0) / 1000);
};

const latestFirst = (a: SeenRecord, b: SeenRecord): number =>
  writtenAt(b) - writtenAt(a) ||
  latestPhases.indexOf(phaseOf(a.record)) - latestPhases.indexOf(phaseOf(b.record));

const timesIn = ({ metadata, status }: OperationRecord): (number | undefined)[] =>
  [
    metadata.creationTimestamp,
    status?.startedAt,
    status?.endedAt,
    status?.lease?.renewTime,
    ...(status?.steps ?? []).flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]),
  ].map(millisecondsOf);

/** The parts of all records, once each: where two tell of one, the record that was written later is right. */
const union = <T>(
  seen: readonly SeenRecord[],
  partsOf: (record: OperationRecord) => readonly T[] | undefined,
  keyOf: (part: InNamespace<T>) => readonly (string | undefined)[],
): InNamespace<T>[] => {
  const parts = new Map<string, InNamespace<T>>();
  for (const { namespace, record } of seen) {
    for (const part of partsOf(record) ?? []) {
      const placed = { ...part, namespace };
      const key = keyOf(placed).join('\n');
      if (!parts.has(key)) parts.set(key, placed);
    }
  }
  return [...parts.values()];
};

const byTime = (a: string, b: string): number => (millisecondsOf(a) ?? 0) - (millisecondsOf(b) ?? 0);

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const consentsIn = (latest: readonly SeenRecord[]): OperationConsent[] =>
  union(
    latest,
    ({ status }) => status?.consents,
    // A consent is given once for all namespaces.
    ({ accepts, maxLoss, by, at, reason }) => [accepts, maxLoss, by, at, reason],
  )
    .map(({ namespace: _, ...consent }): OperationConsent => consent)
    .toSorted((a, b) => byTime(a.at, b.at) || compareText(a.accepts, b.accepts));

const mergeOne = (name: string, records: readonly SeenRecord[]): Operation => {
  const latest = records.toSorted(
    (a, b) =>
      latestFirst(a, b) || compareText(a.namespace, b.namespace) || compareText(a.site.name, b.site.name),
  );
  const [{ record }] = latest as [SeenRecord];
  const phase = phaseOf(record);
  const isUndone = phase === 'Undone';
  const ofNamespaces = [...Map.groupBy(latest, ({ namespace }) => namespace).values()].flatMap(([first]) =>
    first === undefined ? [] : [first.record.status],
  );
  const { verb, from, to, by, reason } = record.spec;
  const inOrder = latest.toSorted((a, b) => compareText(a.namespace, b.namespace));
  return {
    name,
    verb,
    from,
    to,
    by,
    reason,
    phase,
    message: record.status?.message,
    volumes: union(
      inOrder,
      ({ spec }) => spec.volumes,
      ({ namespace, persistentVolumeClaim }) => [namespace, persistentVolumeClaim],
    ),
    workloads: union(
      inOrder,
      ({ status }) => status?.workloads,
      ({ namespace, kind, name: workload, site }) => [namespace, kind, workload, site],
    ),
    steps: union(
      inOrder,
      ({ status }) => status?.steps,
      ({ namespace, name: step, site, startedAt }) => [namespace, step, site, startedAt],
    ).toSorted((a, b) => byTime(a.startedAt, b.startedAt)),
    consents: consentsIn(latest),
    startedAt:
      oldest(latest.map((seen) => millisecondsOf(seen.record.status?.startedAt))) ??
      oldest(latest.map((seen) => millisecondsOf(seen.record.metadata.creationTimestamp))),
    endedAt: phase === 'Running' ? undefined : millisecondsOf(record.status?.endedAt),
    pointOfNoReturnAt: oldest(latest.map((seen) => millisecondsOf(seen.record.status?.pointOfNoReturnAt))),
    lastHeardAt: greatest(latest.flatMap((seen) => timesIn(seen.record))),
    lease: record.status?.lease,
    // What was taken back has come to nothing that could be measured.
    secondsToPrimary: isUndone ? undefined : greatest(ofNamespaces.map((it) => it?.secondsToPrimary)),
    secondsToReady: isUndone ? undefined : greatest(ofNamespaces.map((it) => it?.secondsToReady)),
    dataLoss: greatestLoss(ofNamespaces.map((status) => status?.dataLoss)),
    staleSite: ofNamespaces.find((status) => status?.staleSite !== undefined)?.staleSite,
    records,
  };
};

/**
 * Puts the records of all sites and namespaces together: those of one name are one operation. The latest come first.
 *
 * A site that was not reached keeps an older record, so what changes (phase, message, lease) is taken from the record that was
 * written last; what is only ever added to (steps, workloads, consents) from all of them.
 */
export const mergeRecords = (sites: readonly SiteRecords[]): Operation[] => {
  const seen = sites.flatMap(({ site, records }) =>
    records.map((record): SeenRecord => ({ site, namespace: record.metadata.namespace ?? '', record })),
  );
  const byName = Map.groupBy(seen, ({ record }) => record.metadata.name ?? '');
  return [...byName]
    .map(([name, records]) => mergeOne(name, records))
    .toSorted((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0) || compareText(a.name, b.name));
};

/**
 * Whether somebody holds the lease. `seenSince`: when, by this machine's clock, its present `renewTime` was first seen here;
 * undefined where it has been looked at just once, which tells nothing about its age: then it counts as held. Clocks of two
 * machines are never compared. Times in milliseconds.
 */
export const isHeld = (
  lease: OperationLease | undefined,
  seenSince: number | undefined,
  now: number,
): boolean => {
  if (lease === undefined || lease.holder === '') return false;
  return seenSince === undefined || now - seenSince < lease.leaseDurationSeconds * 1000;
};

/** It ended before it was done, and can go on. */
export const isResumable = ({ phase }: Pick<Operation, 'phase'>): boolean =>
  phase === 'Failed' || phase === 'Left';

/** The step that it is at: the last that has not ended, else the last of all. */
export const stepOf = ({ steps }: Pick<Operation, 'steps'>): InNamespace<OperationStep> | undefined =>
  steps.findLast(({ endedAt }) => endedAt === undefined) ?? steps.at(-1);
