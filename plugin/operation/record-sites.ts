import { resources } from '../../core/model/resource.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import { isAlreadyExists, isConflict, isFailedTest, isNotFound, isNotServed } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';

/** What became of a write to a record. */
export type RecordWrite =
  | { readonly state: 'written'; readonly record: OperationRecord }
  /** It is not there, or its namespace is not: it is written once there is one. */
  | { readonly state: 'missing' }
  /** Somebody else wrote it meanwhile. */
  | { readonly state: 'conflict' }
  | { readonly state: 'failed'; readonly error: unknown };

const fieldManager = 'kubectl-dr';

const attempt = async (write: () => Promise<OperationRecord>): Promise<RecordWrite> => {
  try {
    return { state: 'written', record: await write() };
  } catch (error) {
    if (isConflict(error) || isAlreadyExists(error) || isFailedTest(error)) return { state: 'conflict' };
    return isNotFound(error) && !isNotServed(error) ? { state: 'missing' } : { state: 'failed', error };
  }
};

/** Creates a record without its status, which is written afterwards. */
export const createRecord = (
  { cluster }: Site,
  record: OperationRecord,
  signal: AbortSignal,
): Promise<RecordWrite> =>
  attempt(() => cluster.create<OperationRecord>(resources.operations, record, { fieldManager, signal }));

/** Reads a record as it is now. */
export const readRecord = (
  { cluster }: Site,
  key: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<RecordWrite> => attempt(() => cluster.get<OperationRecord>(resources.operations, key, { signal }));

/** Replaces the status of a record, where what is tested still holds. */
export const writeRecordStatus = (
  { cluster }: Site,
  key: { namespace: string; name: string },
  status: NonNullable<OperationRecord['status']>,
  { test, signal }: { test: { path: string; value: unknown }; signal: AbortSignal },
): Promise<RecordWrite> =>
  attempt(() =>
    cluster.patch<OperationRecord>(
      resources.operations,
      key,
      [
        { op: 'test', ...test },
        { op: 'add', path: '/status', value: status },
      ],
      { type: 'json', subresource: 'status', fieldManager, signal },
    ),
  );
