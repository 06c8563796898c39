// One site as a server answers it, for backups: list items say neither apiVersion nor kind.
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { known } from '../../../core/model/reading.ts';
import type { VolumeGroupReplication } from '../../../core/model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../../core/model/volume-replication.ts';
import type { SiteObjects } from '../../../core/status/snapshot.ts';

export const named = (name: string, more: object = {}): KubernetesObject =>
  ({ metadata: { name, uid: `uid-${name}` }, ...more }) as KubernetesObject;

export const inNamespace = (namespace: string, name: string, more: object = {}): KubernetesObject =>
  ({ metadata: { namespace, name, uid: `uid-${namespace}-${name}` }, ...more }) as KubernetesObject;

export const claim = (name: string, { namespace = 'shop', phase = 'Bound', spec = {}, metadata = {} } = {}) =>
  ({
    metadata: { namespace, name, uid: `uid-${namespace}-${name}`, ...metadata },
    spec: { storageClassName: 'rbd', volumeName: `pv-${name}`, ...spec },
    status: { phase },
  }) as PersistentVolumeClaim;

export const volume = (name: string, spec: object = {}) =>
  ({
    metadata: { name: `pv-${name}`, uid: `uid-pv-${name}` },
    spec: {
      csi: { driver: 'rbd.csi.ceph.com', volumeHandle: `handle-${name}` },
      claimRef: { namespace: 'shop', name, uid: `uid-shop-${name}` },
      persistentVolumeReclaimPolicy: 'Delete',
      ...spec,
    },
  }) as PersistentVolume;

export const replication = (name: string, { namespace = 'shop', claimName = name, status = {} } = {}) =>
  ({
    metadata: { namespace, name, uid: `uid-vr-${name}`, creationTimestamp: '2026-11-01T00:00:00Z' },
    spec: {
      volumeReplicationClass: 'fast',
      replicationState: 'primary',
      dataSource: { kind: 'PersistentVolumeClaim', name: claimName },
    },
    status: { state: 'Primary', lastSyncTime: '2026-11-25T14:00:00Z', ...status },
  }) as VolumeReplication;

export const group = (name: string, members: readonly string[]) =>
  ({
    metadata: { namespace: 'shop', name, uid: `uid-vgr-${name}` },
    spec: {
      volumeGroupReplicationClassName: 'group-fast',
      volumeReplicationClassName: 'fast',
      replicationState: 'primary',
      source: { selector: { matchLabels: { app: name } } },
    },
    status: { state: 'Primary', persistentVolumeClaimsRefList: members.map((member) => ({ name: member })) },
  }) as VolumeGroupReplication;

export const replicationClass = (name: string) =>
  ({ ...named(name), spec: { provisioner: 'rbd.csi.ceph.com' } }) as VolumeReplicationClass;

/** What status reads of the site. */
export const site = (
  parts: {
    claims?: readonly PersistentVolumeClaim[];
    volumes?: readonly PersistentVolume[];
    replications?: readonly VolumeReplication[];
    groups?: readonly VolumeGroupReplication[];
  } = {},
): SiteObjects => ({
  replications: parts.replications ?? [],
  groups: parts.groups ?? [],
  classes: known([replicationClass('fast')]),
  claims: known(parts.claims ?? []),
  volumes: known(parts.volumes ?? []),
  operations: known([]),
});
