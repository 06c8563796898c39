import { apiVersionOf } from '../../core/model/resource.ts';
import type {
  OperationConsent,
  OperationPhase,
  OperationStep,
  OperationWorkload,
} from '../../core/operation/operation-record.ts';
import { nameOfWorkload } from '../../core/plan/move.ts';
import { millisecondsOf } from '../../core/status/replication.ts';
import type { Losses } from './ask-losses.ts';
import type { StatusIn } from './keep-record.ts';
import { isCustom, recordedWorkloads, type Session } from './session.ts';

/** What of a run goes into its record, as it goes on. Times in milliseconds since the epoch. */
export type RunLog = {
  /** Of the operation: it may have been begun by an earlier run. */
  readonly startedAt: number;
  /** Of this run. */
  readonly runStartedAt: number;
  phase: OperationPhase;
  message: string | undefined;
  endedAt: number | undefined;
  promotedAt: number | undefined;
  lastPrimaryAt: number | undefined;
  lastReadyAt: number | undefined;
  dataLoss: string | undefined;
  staleSite: string | undefined;
  readonly consents: OperationConsent[];
  /** Of the source, with their sizes before. */
  readonly workloads: readonly PlacedWorkload[];
  /** By name and site, in the order in which they began; of all groups together. */
  readonly steps: Map<
    string,
    { name: string; site: string; startedAt: number; endedAt: number | undefined; open: number }
  >;
};

const earlierStep = ({ name, site, startedAt, endedAt }: OperationStep) => ({
  name,
  site,
  startedAt: millisecondsOf(startedAt) ?? 0,
  endedAt: millisecondsOf(endedAt),
  open: 0,
});

type PlacedWorkload = OperationWorkload & { readonly namespace: string };

const workloadsOfSource = (session: Session): PlacedWorkload[] =>
  recordedWorkloads(session).map((workload) => ({
    namespace: workload.namespace,
    apiVersion: apiVersionOf(workload.resource),
    kind: workload.resource.kind,
    name: workload.name,
    site: session.prepared.sites.source.site.name,
    replicas: session.sizesBefore.get(nameOfWorkload(workload)) ?? 0,
    ...(isCustom(workload) && { claims: workload.claims }),
  }));

/** As they were at the first look. Of a source that cannot be read, what was recorded before stays. */
const workloadsAtFirst = (session: Session): readonly PlacedWorkload[] => {
  const { request, unfinished } = session.prepared;
  return request.verb !== 'undo' && session.facts().sites.source.workloads.known
    ? workloadsOfSource(session)
    : (unfinished?.workloads ?? []);
};

/** A log in which nothing has happened. `earlier`: of the operation that is gone on with. */
export const newRunLog = (now: number, session: Session): RunLog => {
  const { unfinished } = session.prepared;
  return {
    startedAt: unfinished?.startedAt ?? now,
    runStartedAt: now,
    phase: 'Running',
    message: undefined,
    endedAt: undefined,
    // Taken back is only what has promoted nothing, whatever it was about to do.
    promotedAt: session.prepared.request.verb === 'undo' ? undefined : unfinished?.pointOfNoReturnAt,
    lastPrimaryAt: undefined,
    lastReadyAt: undefined,
    dataLoss: undefined,
    staleSite: unfinished?.staleSite,
    consents: [...(unfinished?.consents ?? [])],
    workloads: workloadsAtFirst(session),
    steps: new Map((unfinished?.steps ?? []).map((step) => [`${step.name} ${step.site}`, earlierStep(step)])),
  };
};

const rfc3339 = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

const optional = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value });

const stepsOf = ({ steps }: RunLog): OperationStep[] =>
  [...steps.values()].map(({ name, site, startedAt, endedAt }) => ({
    name,
    site,
    startedAt: rfc3339(startedAt),
    ...optional('endedAt', endedAt === undefined ? undefined : rfc3339(endedAt)),
  }));

const since = (log: RunLog, at: number | undefined): number | undefined =>
  at === undefined ? undefined : Math.max(0, Math.round((at - log.startedAt) / 1000));

/** The status of a record now. */
export const recordStatus =
  (log: RunLog): StatusIn =>
  (namespace) => {
    const workloads = log.workloads
      .filter((workload) => workload.namespace === namespace)
      .map(({ namespace: _, ...workload }) => workload);
    return {
      phase: log.phase,
      startedAt: rfc3339(log.startedAt),
      steps: stepsOf(log),
      workloads,
      consents: log.consents,
      ...optional('message', log.message),
      ...optional('endedAt', log.endedAt === undefined ? undefined : rfc3339(log.endedAt)),
      ...optional('pointOfNoReturnAt', log.promotedAt === undefined ? undefined : rfc3339(log.promotedAt)),
      ...optional('secondsToPrimary', since(log, log.lastPrimaryAt)),
      ...optional('secondsToReady', since(log, log.lastReadyAt)),
      ...optional('dataLoss', log.dataLoss),
      ...optional('staleSite', log.staleSite),
    };
  };

/** One entry for each action and loss that was accepted, not one for each volume. */
export const noteConsents = (
  log: RunLog,
  losses: Losses,
  { by, reason, now }: { by: string; reason: string | undefined; now: number },
): void => {
  const entries = new Map(
    [...losses.accepted.values()].map(({ loss, maxLoss }) => [`${loss} ${maxLoss}`, { loss, maxLoss }]),
  );
  for (const { loss, maxLoss } of entries.values())
    log.consents.push({ accepts: loss, maxLoss, by, at: rfc3339(now), ...optional('reason', reason) });
};

/** A step of one group began. */
export const noteStep = (log: RunLog, name: string, site: string, now: number): void => {
  const key = `${name} ${site}`;
  const step = log.steps.get(key) ?? { name, site, startedAt: now, endedAt: undefined, open: 0 };
  step.open += 1;
  step.endedAt = undefined;
  log.steps.set(key, step);
};

/** A step of one group is over; of all, once no group is at it any more. */
export const noteStepDone = (log: RunLog, name: string, site: string, now: number): void => {
  const step = log.steps.get(`${name} ${site}`);
  if (step === undefined) return;
  step.open -= 1;
  if (step.open === 0) step.endedAt = now;
};
