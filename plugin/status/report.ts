import { formatTime } from '../../core/model/condition.ts';
import { type Operation, stepOf } from '../../core/operation/read-record.ts';
import type { VolumeStatus } from '../../core/status/assess.ts';
import type { SideFacts } from '../../core/status/facts.ts';
import type { SiteSnapshot } from '../../core/status/snapshot.ts';
import type { VerdictName } from '../../core/status/verdict.ts';

const timeOf = (milliseconds: number | undefined): string | null =>
  milliseconds === undefined ? null : formatTime(milliseconds);

const secondsOf = (milliseconds: number | undefined): number | null =>
  milliseconds === undefined ? null : Math.floor(milliseconds / 1000);

const sideReport = ({ site, role, volume }: SideFacts) => {
  const { replication } = volume ?? {};
  return {
    name: site.name,
    role: role.role,
    desired: role.wants ?? null,
    progress: role.progress,
    inSync: role.inSync,
    since: timeOf(role.since),
    message: role.why,
    persistentVolumeClaim: volume === undefined ? null : `${volume.namespace}/${volume.claimName}`,
    persistentVolume: volume?.volumeName ?? null,
    storageClass: volume?.storageClassName ?? null,
    replication:
      replication === undefined
        ? null
        : {
            kind: replication.kind,
            namespace: replication.namespace,
            name: replication.name,
            class: replication.className ?? null,
            state: replication.status?.state ?? null,
            generation: replication.generation,
            observedGeneration: replication.status?.observedGeneration ?? null,
          },
  };
};

const operationReport = (operation: Operation) => ({
  name: operation.name,
  verb: operation.verb,
  phase: operation.phase,
  by: operation.by,
  step: stepOf(operation)?.name ?? null,
  startedAt: timeOf(operation.startedAt),
  message: operation.message ?? null,
});

const itemReport = (volume: VolumeStatus) => {
  const { lag, verdict, sides } = volume;
  const schedule =
    lag.schedule.known && lag.schedule.value.kind === 'interval' ? lag.schedule.value : undefined;
  const primary = sides.find(({ role }) => role.role === 'primary')?.volume?.replication;
  return {
    namespace: volume.namespace,
    persistentVolumeClaim: volume.claimName,
    volume: volume.identity ?? null,
    matchedBy: volume.matched ? 'identity' : 'name',
    verdict: verdict.name,
    level: verdict.level,
    reason: verdict.reason,
    message: verdict.message,
    nextCommand: verdict.next ?? null,
    schedulingInterval: schedule?.text ?? null,
    lastSyncTime: timeOf(lag.lastSync),
    lagSeconds: secondsOf(lag.milliseconds),
    lagIntervals: lag.intervals === undefined ? null : Math.round(lag.intervals * 100) / 100,
    rpoAtRiskSeconds: secondsOf(lag.milliseconds),
    lastSyncBytes: primary?.status?.lastSyncBytes ?? null,
    lastSyncDuration: primary?.status?.lastSyncDuration ?? null,
    operation: volume.operation === undefined ? null : operationReport(volume.operation),
    sites: sides.map(sideReport),
  };
};

/**
 * What `-o json` and `-o yaml` print of one reading of both sites. Names are stable, null stands for unknown; `now` in
 * milliseconds since the epoch.
 */
export const statusReport = (
  volumes: readonly VolumeStatus[],
  snapshots: readonly SiteSnapshot[],
  now: number,
) => {
  const count = (name: VerdictName) => volumes.filter(({ verdict }) => verdict.name === name).length;
  return {
    apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
    kind: 'StatusReport',
    generatedAt: timeOf(now),
    sites: snapshots.map(({ site, objects }) => ({
      name: site.name,
      context: site.context,
      readable: objects.known,
      message: objects.known ? null : objects.why,
    })),
    summary: {
      total: volumes.length,
      protected: count('Protected'),
      moving: count('Moving'),
      lagging: count('Lagging'),
      degraded: count('Degraded'),
      noPrimary: count('NoPrimary'),
      splitBrain: count('SplitBrain'),
      unprotected: count('Unprotected'),
      unknown: count('Unknown'),
    },
    items: volumes.map(itemReport),
  };
};
