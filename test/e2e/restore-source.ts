// What a person has in hand before a restore: dumps, manifests, a backup.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';

/** The driver of the sandbox's storage. */
export const driver = 'rbd.csi.ceph.com';

type VolumeOptions = {
  namespace?: string;
  storageClassName?: string;
  volume?: string;
  handle?: string;
  size?: string;
  /** Of the claim alone. */
  volumeMode?: string;
  labels?: Record<string, string>;
};

/** A PV and its claim as a clean backup holds them: reserved for each other. */
export const volumeOf = (name: string, options: VolumeOptions = {}): [KubernetesObject, KubernetesObject] => {
  const { namespace = 'default', storageClassName = 'csi-rbd-sc', size = '1Gi' } = options;
  const volume = options.volume ?? `pv-${name}`;
  const shared = { accessModes: ['ReadWriteOnce'], storageClassName, volumeMode: 'Filesystem' };
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: volume },
      spec: {
        ...shared,
        capacity: { storage: '1Gi' },
        csi: { driver, volumeHandle: options.handle ?? `handle-${volume}` },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name },
        persistentVolumeReclaimPolicy: 'Retain',
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace, labels: options.labels ?? {} },
      spec: {
        ...shared,
        volumeMode: options.volumeMode ?? shared.volumeMode,
        resources: { requests: { storage: size } },
        volumeName: volume,
      },
    },
  ];
};

/** Objects as one stream of YAML documents. */
export const stream = (objects: readonly KubernetesObject[]): string =>
  objects.map((object) => stringify(object)).join('---\n');

/** Writes a file into a directory of a test's own, and answers its path. */
export const writeSource = (directory: string, name: string, text: string): string => {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

/** Writes a backup of objects, by the contract of its index, and answers its directory. */
export const writeBackup = (
  directory: string,
  objects: readonly KubernetesObject[],
  { clusterUid = 'uid-of-cluster-1', createdAt = '2026-11-25T08:00:00Z', volumes = [] as object[] } = {},
): string => {
  const files = objects.map((object) => {
    const { kind = '', apiVersion = '', metadata } = object;
    const text = stringify(object);
    const path = `${kind.toLowerCase()}/${metadata.namespace ?? 'cluster'}.${metadata.name}.yaml`;
    writeSource(directory, path, text);
    return {
      path,
      sha256: createHash('sha256').update(text).digest('hex'),
      bytes: Buffer.byteLength(text),
      apiVersion,
      kind,
      namespace: metadata.namespace ?? null,
      name: metadata.name ?? '',
    };
  });
  writeSource(
    directory,
    'INDEX',
    stringify({
      apiVersion: 'backup.kubectl-dr.dev/v1alpha1',
      kind: 'Backup',
      createdAt,
      createdBy: 'kubectl dr 0.1.0',
      source: { site: 'cluster-1', clusterUid, kubernetesVersion: null },
      missing: [],
      volumes,
      files,
    }),
  );
  return directory;
};
