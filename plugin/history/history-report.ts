import { formatTime } from '../../core/model/condition.ts';
import { isResumable, type Operation } from '../../core/operation/read-record.ts';
import type { SiteHistory } from './gather-records.ts';
import { namespacesOf } from './render-history.ts';
import { durationOf, stepResultOf } from './timing.ts';

const timeOf = (milliseconds: number | undefined): string | null =>
  milliseconds === undefined ? null : formatTime(milliseconds);

const itemReport = (operation: Operation, now: number) => {
  const duration = durationOf(operation, now);
  return {
    name: operation.name,
    namespaces: namespacesOf(operation),
    verb: operation.verb,
    from: { name: operation.from.name, clusterUid: operation.from.clusterUid ?? null },
    to: { name: operation.to.name, clusterUid: operation.to.clusterUid ?? null },
    by: operation.by,
    reason: operation.reason ?? null,
    phase: operation.phase,
    message: operation.message ?? null,
    resumable: isResumable(operation),
    startedAt: timeOf(operation.startedAt),
    endedAt: timeOf(operation.endedAt),
    durationSeconds: duration === undefined ? null : Math.floor(duration / 1000),
    pointOfNoReturnAt: timeOf(operation.pointOfNoReturnAt),
    secondsToPrimary: operation.secondsToPrimary ?? null,
    secondsToReady: operation.secondsToReady ?? null,
    dataLoss: operation.dataLoss ?? null,
    staleSite: operation.staleSite ?? null,
    volumes: operation.volumes.map(({ namespace, persistentVolumeClaim, driver, volumeHandle }) => ({
      namespace,
      persistentVolumeClaim,
      driver: driver ?? null,
      volumeHandle: volumeHandle ?? null,
    })),
    consents: operation.consents.map(({ accepts, maxLoss, by, at, reason }) => ({
      accepts,
      maxLoss,
      by,
      at,
      reason: reason ?? null,
    })),
    workloads: operation.workloads.map(({ namespace, apiVersion, kind, name, site, replicas }) => ({
      namespace,
      apiVersion,
      kind,
      name,
      site,
      replicas,
    })),
    steps: operation.steps.map((step) => ({
      namespace: step.namespace,
      name: step.name,
      site: step.site,
      startedAt: step.startedAt,
      endedAt: step.endedAt ?? null,
      result: stepResultOf(step, operation),
    })),
    records: operation.records.map(({ site, namespace }) => ({ site: site.name, namespace })),
  };
};

/** What `-o json` and `-o yaml` print. Names are stable, null stands for unknown. */
export const historyReport = (
  operations: readonly Operation[],
  histories: readonly SiteHistory[],
  now: number,
) => ({
  apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
  kind: 'HistoryReport',
  generatedAt: formatTime(now),
  sites: histories.map(({ site, records }) => ({
    name: site.name,
    context: site.context,
    readable: records.known,
    message: records.known ? null : records.why,
  })),
  items: operations.map((operation) => itemReport(operation, now)),
});
