import { workloadResources } from '../../core/backup/workloads/workload-resources.ts';
import { millisecondsOf } from '../../core/model/api-time.ts';
import { formatTime } from '../../core/model/condition.ts';
import { apiVersionOf } from '../../core/model/resource.ts';
import type { OperationStep } from '../../core/operation/operation-record.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import { secondsBetween } from '../../core/operation/seconds-between.ts';
import { nameOfWorkload, workloadName } from '../../core/plan/move.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { isCustom } from '../../core/workload/is-custom.ts';
import type { Losses } from './ask-losses.ts';
import type { StatusIn } from './keep-record.ts';
import { lossOf, riskOfFailover } from './loss-of-run.ts';
import type { PlacedWorkload, RunLog } from './run-log.ts';
import { recordedWorkloads, type Session } from './session.ts';

const earlierStep = ({ name, site, startedAt, endedAt }: OperationStep) => ({
  name,
  site,
  startedAt: millisecondsOf(startedAt) ?? 0,
  endedAt: millisecondsOf(endedAt),
  open: 0,
});

const workloadsOfSource = (session: Session): PlacedWorkload[] =>
  recordedWorkloads(session).map((workload) => ({
    namespace: workload.namespace,
    apiVersion: apiVersionOf(workload.resource),
    kind: workload.resource.kind,
    name: workload.name,
    site: session.prepared.sites.source.site.name,
    replicas: session.sizesBefore.get(nameOfWorkload(workload)) ?? 0,
    // No pod template tells them.
    ...((isCustom(workload) || workload.isToldByPods) && { claims: workload.claims }),
  }));

/** Of a source that cannot be read: as an operation has recorded them, else as a backup tells. */
const workloadsOfDarkSource = ({ prepared, source }: Session): PlacedWorkload[] => {
  const { sites, volumes, unfinished } = prepared;
  const site = sites.source.site.name;
  const recorded = (unfinished?.workloads ?? []).filter((it) => it.site === site);
  const names = new Set(recorded.map(workloadName));
  const claims = new Set(volumes.map((volume) => claimKeyText(volume.source)));
  const brought = source.brought.workloads.filter(
    (it) => !names.has(workloadName(it)) && it.claims.some((claim) => claims.has(`${it.namespace}/${claim}`)),
  );
  return [
    ...recorded,
    ...brought.flatMap(({ kind, namespace, name, size }) => {
      const resource = workloadResources.find((it) => it.kind === kind);
      return resource === undefined
        ? []
        : [{ namespace, apiVersion: apiVersionOf(resource), kind, name, site, replicas: size }];
    }),
  ];
};

/** As they were at the first look. What is taken back has them on record. */
const workloadsAtFirst = (session: Session): readonly PlacedWorkload[] => {
  const { request, unfinished } = session.prepared;
  if (request.verb === 'undo') return unfinished?.workloads ?? [];
  return session.facts().sites.source.workloads.known
    ? workloadsOfSource(session)
    : workloadsOfDarkSource(session);
};

/** An operation that is not gone on with, and has promoted volumes on the site that this one goes to. */
const hasPromotedThere = ({ prepared }: Session, adopted: Operation | undefined): boolean => {
  const { unfinished, sites, request } = prepared;
  return (
    unfinished !== undefined &&
    unfinished.name !== adopted?.name &&
    request.verb !== 'undo' &&
    unfinished.to.name === sites.target.site.name &&
    unfinished.pointOfNoReturnAt !== undefined
  );
};

const after = (startedAt: number, seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : startedAt + seconds * 1000;

/**
 * A log in which nothing has happened yet, apart from what the operation that it goes on with has recorded. One that it supersedes passes on
 * nothing but the sizes of workloads, and that a site has an older copy: nobody else tells either.
 */
export const newRunLog = (
  session: Session,
  { now, losses, adopted }: { now: number; losses: Losses; adopted: Operation | undefined },
): RunLog => {
  const { sites, unfinished, request } = session.prepared;
  const { verb } = request;
  const from = sites.source.site.name;
  const isPromotedBefore = hasPromotedThere(session, adopted);
  const startedAt = adopted?.startedAt ?? now;
  // Taken back is only what has promoted nothing, whatever it was about to do.
  const earlier = verb === 'undo' ? undefined : adopted;
  return {
    verb,
    from,
    to: sites.target.site.name,
    startedAt,
    runStartedAt: now,
    phase: 'Running',
    message: undefined,
    endedAt: undefined,
    promotedAt: earlier?.pointOfNoReturnAt,
    lastPrimaryAt: after(startedAt, earlier?.secondsToPrimary),
    lastReadyAt: after(startedAt, earlier?.secondsToReady),
    risk: riskOfFailover(verb, losses, adopted),
    isPromotedBefore,
    staleSite:
      adopted?.staleSite ??
      (isPromotedBefore && unfinished?.staleSite === from ? unfinished.staleSite : undefined),
    consents: [...(adopted?.consents ?? [])],
    workloads: workloadsAtFirst(session),
    steps: new Map((adopted?.steps ?? []).map((step) => [`${step.name} ${step.site}`, earlierStep(step)])),
  };
};

const optional = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { [K in Key]: Value });

const stepsOf = ({ steps }: RunLog): OperationStep[] =>
  [...steps.values()].map(({ name, site, startedAt, endedAt }) => ({
    name,
    site,
    startedAt: formatTime(startedAt),
    ...optional('endedAt', endedAt === undefined ? undefined : formatTime(endedAt)),
  }));

const since = (log: RunLog, at: number | undefined): number | undefined =>
  at === undefined ? undefined : secondsBetween(log.startedAt, at);

const isTakenBack = ({ verb, phase }: RunLog): boolean => verb === 'undo' || phase === 'Undone';

/** The status of a record now. */
export const recordStatus =
  (log: RunLog): StatusIn =>
  (namespace) => {
    const workloads = log.workloads
      .filter((workload) => workload.namespace === namespace)
      .map(({ namespace: _, ...workload }) => workload);
    return {
      phase: log.phase,
      startedAt: formatTime(log.startedAt),
      steps: stepsOf(log),
      workloads,
      consents: log.consents,
      ...optional('message', log.message),
      ...optional('endedAt', log.endedAt === undefined ? undefined : formatTime(log.endedAt)),
      ...optional('pointOfNoReturnAt', log.promotedAt === undefined ? undefined : formatTime(log.promotedAt)),
      // What was taken back has come to nothing that could be measured.
      ...(isTakenBack(log)
        ? {}
        : {
            ...optional('secondsToPrimary', since(log, log.lastPrimaryAt)),
            ...optional('secondsToReady', since(log, log.lastReadyAt)),
          }),
      ...optional('dataLoss', lossOf(log)),
      ...optional('staleSite', log.phase === 'Undone' ? undefined : log.staleSite),
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
    log.consents.push({ accepts: loss, maxLoss, by, at: formatTime(now), ...optional('reason', reason) });
};

/** A step of one group began. */
export const noteStep = (log: RunLog, name: string, site: string, now: number): void => {
  const key = `${name} ${site}`;
  const step = log.steps.get(key) ?? { name, site, startedAt: now, endedAt: undefined, open: 0 };
  step.open += 1;
  step.endedAt = undefined;
  log.steps.set(key, step);
};

const stepAt = (log: RunLog, name: string, site: string) => log.steps.get(`${name} ${site}`);

/** A step of one group is over; of all, once no group is at it any more. */
export const noteStepDone = (log: RunLog, name: string, site: string, now: number): void => {
  const step = stepAt(log, name, site);
  if (step === undefined) return;
  step.open -= 1;
  if (step.open === 0) step.endedAt = now;
};

/** A group is not at a step any more, which is not over: it has no end. */
export const noteStepLeft = (log: RunLog, name: string, site: string): void => {
  const step = stepAt(log, name, site);
  if (step !== undefined) step.open -= 1;
};

/** A group is past a step: one that was left before, or begun by an earlier run, is over if no other group is at it. */
export const noteStepPassed = (log: RunLog, name: string, site: string, now: number): void => {
  const step = stepAt(log, name, site);
  if (step !== undefined && step.open === 0) step.endedAt ??= now;
};
