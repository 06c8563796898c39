import type { OperationRecord } from '../../../core/operation/operation-record.ts';
import type { SiteRecords } from '../../../core/operation/read-record.ts';

/** What a test's record has other than the usual: claim `db` of namespace `shop`, relocated from east to west by alice. */
export type RecordSketch = {
  name?: string;
  namespace?: string;
  spec?: Partial<OperationRecord['spec']>;
  status?: OperationRecord['status'];
  createdAt?: string;
};

export const record = ({
  name = 'relocate-1',
  namespace = 'shop',
  spec,
  status,
  createdAt = '2026-11-20T11:50:00Z',
}: RecordSketch = {}): OperationRecord => ({
  apiVersion: 'kubectl-dr.dev/v1alpha1',
  kind: 'Operation',
  metadata: { name, namespace, uid: `${namespace}-${name}`, creationTimestamp: createdAt },
  spec: {
    verb: 'Relocate',
    from: { name: 'east' },
    to: { name: 'west' },
    by: 'alice',
    volumes: [{ persistentVolumeClaim: 'db' }],
    ...spec,
  },
  ...(status && { status }),
});

export const on = (name: string, ...records: OperationRecord[]): SiteRecords => ({
  site: { name, context: name, kubectl: `kubectl --context ${name}` },
  records,
});

/** Renewed at a time of the day. */
export const lease = (time: string) => ({
  holder: 'alice@laptop',
  renewTime: `2026-11-20T${time}Z`,
  leaseDurationSeconds: 15,
});
