import { formatTime } from '../../core/model/condition.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import type { Site } from '../door/clusters.ts';
import { writeRecordStatus } from './record-sites.ts';

/** Says of an operation that was left that another one has taken its volumes. Best effort: the later one rules anyway. */
export const supersede = async (
  { records, name }: Operation,
  by: string,
  { sites, now, signal }: { sites: readonly Site[]; now: number; signal: AbortSignal },
): Promise<void> => {
  const endedAt = formatTime(now);
  await Promise.all(
    records.map(async ({ site, namespace, record }) => {
      const found = sites.find((it) => it.name === site.name);
      if (found === undefined) return;
      const { lease, ...status } = record.status ?? {};
      await writeRecordStatus(
        found,
        { namespace, name },
        {
          ...status,
          phase: 'Superseded',
          message: `${by} has taken its volumes`,
          endedAt,
          ...(lease !== undefined && { lease: { ...lease, holder: '' } }),
        },
        { test: { path: '/metadata/resourceVersion', value: record.metadata.resourceVersion }, signal },
      );
    }),
  );
};
