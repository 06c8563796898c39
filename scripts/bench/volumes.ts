import { resources } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { forEachOf } from './workbench.ts';

const sandboxDriver = 'rbd.csi.ceph.com';
const namespace = 'default';

/** StorageClass, secret and replication class that the volumes below name. */
export const createClasses = async (cluster: Cluster, driver = sandboxDriver): Promise<void> => {
  await cluster.create(resources.secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'csi-rbd-secret', namespace },
    stringData: { userID: 'bench', userKey: 'bench' },
  });
  await cluster.create(resources.volumeReplicationClasses, {
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplicationClass',
    metadata: { name: 'bench' },
    spec: {
      provisioner: driver,
      parameters: {
        mirroringMode: 'snapshot',
        schedulingInterval: '30m',
        'replication.storage.openshift.io/replication-secret-name': 'csi-rbd-secret',
        'replication.storage.openshift.io/replication-secret-namespace': namespace,
      },
    },
  });
};

const nameOf = (index: number): string => `bench-${index}`;

/** Volumes with their claims, for the binder to bind: `from` up to but not including `to`. */
export const createVolumes = (
  cluster: Cluster,
  from: number,
  to: number,
  driver = sandboxDriver,
): Promise<void> =>
  forEachOf(to - from, async (offset) => {
    const name = nameOf(from + offset);
    const shared = { accessModes: ['ReadWriteOnce'], storageClassName: 'bench', volumeMode: 'Filesystem' };
    await cluster.create(resources.persistentVolumes, {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        ...shared,
        capacity: { storage: '1Gi' },
        persistentVolumeReclaimPolicy: 'Retain',
        csi: { driver, volumeHandle: `handle-${name}` },
        claimRef: { namespace, name },
      },
    });
    await cluster.create(resources.persistentVolumeClaims, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace },
      spec: { ...shared, volumeName: name, resources: { requests: { storage: '1Gi' } } },
    });
  });

/** VolumeReplications that ask for primary. */
export const createReplications = (cluster: Cluster, from: number, to: number): Promise<void> =>
  forEachOf(to - from, (offset) => {
    const name = nameOf(from + offset);
    return cluster.create(resources.volumeReplications, {
      apiVersion: 'replication.storage.openshift.io/v1alpha1',
      kind: 'VolumeReplication',
      metadata: { name, namespace },
      spec: {
        volumeReplicationClass: 'bench',
        replicationState: 'primary',
        dataSource: { apiGroup: '', kind: 'PersistentVolumeClaim', name },
      },
    });
  });
