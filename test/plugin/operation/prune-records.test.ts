import { describe, expect, it } from 'vitest';
import { resources } from '../../../core/model/resource.ts';
import type { OperationRecord } from '../../../core/operation/operation-record.ts';
import { mergeRecords } from '../../../core/operation/read-record.ts';
import { ApiError } from '../../../kube/api-error.ts';
import type { Cluster, DeleteOptions, ObjectKey } from '../../../kube/cluster.ts';
import type { PreparedOperation } from '../../../plugin/operation/prepare-operation.ts';
import { pruneRecords } from '../../../plugin/operation/prune-records.ts';
import { record } from '../../core/operation/records.ts';
import { memoryCluster } from '../status/memory-cluster.ts';

type Deletion = { key: ObjectKey; preconditions: DeleteOptions['preconditions'] };

const endedAt = '2026-11-20T11:55:00Z';
const records = (count: number): OperationRecord[] =>
  Array.from({ length: count }, (_, index) => {
    const it = record({
      name: `relocate-${index}`,
      createdAt: new Date(Date.parse(endedAt) + index * 1000).toISOString(),
      status: { phase: 'Succeeded', endedAt },
    });
    return { ...it, metadata: { ...it.metadata, resourceVersion: String(index) } };
  });

/** Two sites that hold the same records, and what was asked to be deleted of each. */
const prepared = (held: OperationRecord[], answer: () => void, untold: unknown[] = []) => {
  const deleted: Record<string, Deletion[]> = { east: [], west: [] };
  const siteCalled = (name: string) => {
    const remove: Cluster['delete'] = async (resource, key, options) => {
      expect(resource).toBe(resources.operations);
      expect(options?.signal).toBeDefined();
      deleted[name]?.push({ key, preconditions: options?.preconditions });
      answer();
    };
    const cluster = { ...memoryCluster(name, { operations: held }), delete: remove };
    return { name, context: name, kubectl: 'kubectl', cluster };
  };
  const [east, west] = [siteCalled('east'), siteCalled('west')];
  const claim = { namespace: 'shop', name: 'db' };
  const operation = {
    known: {
      operations: mergeRecords([east, west].map((site) => ({ site, records: held }))),
      withoutKind: [],
      untold,
    },
    sites: { source: { site: east }, target: { site: west } },
    volumes: [{ source: claim, target: claim }],
  } as unknown as PreparedOperation;
  return { operation, deleted };
};

describe('pruning records', () => {
  it('deletes on both sites what nobody needs any more, as it was read', async () => {
    const { operation, deleted } = prepared(records(52), () => {});
    await pruneRecords(operation, 'relocate-51');
    const expected = ['1', '0'].map((index) => ({
      key: { namespace: 'shop', name: `relocate-${index}` },
      preconditions: { uid: `shop-relocate-${index}`, resourceVersion: index },
    }));
    expect(deleted).toEqual({ east: expected, west: expected });
  });

  it('asks nothing where there is nothing to delete, or where a site has not told its records', async () => {
    for (const { operation, deleted } of [
      prepared(records(50), () => {}),
      prepared(records(80), () => {}, [{ why: 'no answer' }]),
    ]) {
      await pruneRecords(operation, 'relocate-49');
      expect(deleted).toEqual({ east: [], west: [] });
    }
  });

  it('is content with what may not be deleted', async () => {
    const { operation, deleted } = prepared(records(52), () => {
      throw new ApiError({ httpStatus: 403, message: 'operations is forbidden', reason: 'Forbidden' });
    });
    await pruneRecords(operation, 'relocate-51');
    expect(deleted['east']).toHaveLength(2);
  });
});
