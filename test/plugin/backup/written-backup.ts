// A backup as the command writes it, of objects that need no cluster.
import type { BackupIndex } from '../../../core/backup/backup-index.ts';
import { backupName } from '../../../core/backup/backup-name.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { renderBackup } from '../../../plugin/backup/render-backup.ts';
import { writeBackup } from '../../../plugin/backup/write-backup.ts';

/** What a backup of one claim of namespace `shop` holds. */
const objectsOf = (claim: string): readonly KubernetesObject[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', uid: 'u0' } },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pv-${claim}`, uid: 'u1' },
    spec: {
      csi: { driver: 'rbd.csi.ceph.com', volumeHandle: 'h' },
      claimRef: { namespace: 'shop', name: claim, uid: 'u2' },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace: 'shop', name: claim, uid: 'u2', annotations: { on: 'yes' } },
    spec: { volumeName: `pv-${claim}` },
  },
];

export const rawObjects = objectsOf('db');

type Head = Partial<Pick<BackupIndex, 'createdAt' | 'missing' | 'source' | 'everythingOf'>> & {
  lastSyncTime?: string | null;
  claim?: string;
};

/** Writes a backup into a store and answers its directory. */
export const writtenBackup = (
  store: string,
  { lastSyncTime = '2026-11-25T14:00:00Z', claim = 'db', ...head }: Head = {},
  objects = objectsOf(claim),
): Promise<string> => {
  const index = {
    createdAt: '2026-11-25T14:53:07Z',
    createdBy: 'kubectl dr 1.2.3',
    source: { site: 'cluster-1', clusterUid: 'u', kubernetesVersion: 'v1.36.0' },
    missing: [],
    volumes: [
      {
        namespace: 'shop',
        persistentVolumeClaim: claim,
        claimUid: 'u2',
        persistentVolume: `pv-${claim}`,
        driver: 'rbd.csi.ceph.com',
        volumeHandle: 'h',
        storageClass: null,
        replication: { kind: 'VolumeReplication' as const, name: 'db', class: 'fast', state: 'Primary' },
        lastSyncTime,
      },
    ],
    ...head,
  };
  return writeBackup(
    store,
    (attempt) => backupName(Date.parse(index.createdAt), index.source.site, attempt),
    renderBackup(index, objects),
    new AbortController().signal,
  );
};
