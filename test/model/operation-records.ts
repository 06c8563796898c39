// The records that operators keep on both sites, and who may be at work by them.
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import { leaseDurationSeconds } from '../../core/operation/lease.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import { mergeRecords, type Operation } from '../../core/operation/read-record.ts';
import type { MovingSite, MovingWorld } from './moving-world.ts';
import { namespace } from './simulated-workloads.ts';

type Status = NonNullable<OperationRecord['status']>;

export const rfc3339 = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** What the sites that somebody reaches tell of operations, the latest first. */
export const readRecords = (
  { sites }: MovingWorld,
  reaches: (site: MovingSite) => boolean,
): readonly Operation[] =>
  mergeRecords(
    sites.filter(reaches).map(({ guarded }) => ({
      site: { name: guarded.name, context: guarded.name, kubectl: 'kubectl' },
      records: guarded.simulated.all<OperationRecord>(resources.operations),
    })),
  );

/** Writes a record to the sites that its operator reaches. */
export const writeRecord = (
  { sites, now }: MovingWorld,
  reaches: (site: MovingSite) => boolean,
  record: {
    readonly name: string;
    readonly holder: string;
    readonly spec: Omit<OperationRecord['spec'], 'volumes'>;
    readonly status: Status;
    /** Claims that move. */
    readonly claims: readonly string[];
  },
): void => {
  const { name, holder, spec, status, claims } = record;
  const lease = { holder, renewTime: new Date(now).toISOString(), leaseDurationSeconds };
  for (const site of sites.filter(reaches)) {
    const before = site.guarded.simulated.find<OperationRecord>(resources.operations, { namespace, name });
    const object: KubernetesObject & OperationRecord = {
      ...before,
      metadata: { namespace, name },
      spec: before?.spec ?? {
        ...spec,
        volumes: claims.map((claim) => ({ persistentVolumeClaim: claim })),
      },
      status: { ...status, lease },
    };
    site.guarded.simulated.store(resources.operations, object);
  }
};

/** Who holds an operation by what the sites tell; undefined where the lease is over. */
export const holderOf = ({ phase, lease }: Operation, now: number): string | undefined => {
  if (phase !== 'Running' || lease === undefined || lease.holder === '') return undefined;
  return now - Date.parse(lease.renewTime) < lease.leaseDurationSeconds * 1_000 ? lease.holder : undefined;
};
