import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControllerFlags, parseFlags } from '../../controller/flags.ts';
import { runController } from '../../controller/run.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import type {
  VolumeReplication,
  VolumeReplicationClass,
  VolumeReplicationStatus,
} from '../../core/model/volume-replication.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { type EmbeddedCluster, installCrds, startEmbeddedCluster } from '../kube/embedded-cluster.ts';

export const driverName = 'rbd.csi.ceph.com';
const prefix = 'replication.storage.openshift.io/';

/** A cluster with CRDs, class and secret, and a short directory for the driver's socket. */
export type Site = EmbeddedCluster & { socket: string };

export const startSite = async (): Promise<Site> => {
  const embedded = await startEmbeddedCluster();
  const { cluster } = embedded;
  await installCrds(cluster);
  const secret: KubernetesObject & { stringData: Record<string, string> } = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'rbd-secret', namespace: 'default' },
    stringData: { userID: 'admin', userKey: 'hunter2' },
  };
  await cluster.create(resources.secrets, secret);
  const replicationClass: VolumeReplicationClass = {
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplicationClass',
    metadata: { name: 'rbd' },
    spec: {
      provisioner: driverName,
      parameters: {
        mirroringMode: 'snapshot',
        schedulingInterval: '1m',
        [`${prefix}replication-secret-name`]: 'rbd-secret',
        [`${prefix}replication-secret-namespace`]: 'default',
      },
    },
  };
  await cluster.create(resources.volumeReplicationClasses, replicationClass);
  const directory = mkdtempSync(join(tmpdir(), 'drc-'));
  return {
    ...embedded,
    socket: join(directory, 's'),
    close: async () => {
      await embedded.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

/**
 * Makes a claim that is bound to its volume, as the binder would. `handle` is the volume's on the storage, `handle-<name>` where
 * it is left out.
 */
export const makeClaim = async (
  cluster: Cluster,
  name: string,
  {
    namespace = 'default',
    handle = `handle-${name}`,
    reclaim = 'Retain',
  }: { namespace?: string; handle?: string; reclaim?: 'Retain' | 'Delete' } = {},
): Promise<void> => {
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'csi-rbd-sc',
      volumeName: `pv-${name}`,
    },
  };
  const volume: PersistentVolume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pv-${name}` },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: reclaim,
      storageClassName: 'csi-rbd-sc',
      csi: { driver: driverName, volumeHandle: handle },
      claimRef: { namespace, name },
    },
  };
  await cluster.create(resources.persistentVolumes, volume);
  await cluster.create(resources.persistentVolumeClaims, claim);
  await cluster.patch(
    resources.persistentVolumeClaims,
    { name, namespace },
    { status: { phase: 'Bound' } },
    { type: 'merge', subresource: 'status' },
  );
};

export const makeReplication = (
  cluster: Cluster,
  name: string,
  spec: Partial<VolumeReplication['spec']> = {},
): Promise<VolumeReplication> =>
  cluster.create<VolumeReplication>(resources.volumeReplications, {
    apiVersion: 'replication.storage.openshift.io/v1alpha1',
    kind: 'VolumeReplication',
    metadata: { name, namespace: 'default' },
    spec: {
      volumeReplicationClass: 'rbd',
      replicationState: 'primary',
      dataSource: { kind: 'PersistentVolumeClaim', name },
      ...spec,
    },
  });

const keyOf = (name: string) => ({ name, namespace: 'default' });

export const readReplication = (cluster: Cluster, name: string): Promise<VolumeReplication> =>
  cluster.get<VolumeReplication>(resources.volumeReplications, keyOf(name));

export const readClaim = (cluster: Cluster, name: string): Promise<PersistentVolumeClaim> =>
  cluster.get<PersistentVolumeClaim>(resources.persistentVolumeClaims, keyOf(name));

export const readStatus = async (cluster: Cluster, name: string): Promise<VolumeReplicationStatus> =>
  (await readReplication(cluster, name)).status ?? {};

export const patchReplication = (cluster: Cluster, name: string, body: unknown): Promise<VolumeReplication> =>
  cluster.patch<VolumeReplication>(resources.volumeReplications, keyOf(name), body, { type: 'merge' });

/** `Warning PromoteRefused` of each Event on a VolumeReplication. */
export const eventsOf = async (cluster: Cluster, name: string): Promise<string[]> => {
  const { items } = await cluster.listAll<KubernetesObject>(resources.events, { namespace: 'default' });
  return items
    .filter(({ involvedObject }) => (involvedObject as { name?: string } | undefined)?.name === name)
    .map(({ type, reason }) => `${type} ${reason}`);
};

/** A cluster whose requests are counted, watches apart. */
export const countRequests = (cluster: Cluster): { cluster: Cluster; requests: () => number } => {
  let requests = 0;
  const counted = new Proxy(cluster, {
    get: (target, name: keyof Cluster) => {
      const member = target[name];
      if (typeof member !== 'function' || name === 'watch' || name === 'close') return member;
      return (...words: unknown[]) => {
        requests += 1;
        return (member as (...given: unknown[]) => unknown).apply(target, words);
      };
    },
  });
  return { cluster: counted, requests: () => requests };
};

export type RunningController = { stop(): Promise<void>; ended: Promise<void>; logged: string[] };

/** The controller in this process, as its executable would run it. */
export const startController = async (
  site: Site,
  args: readonly string[] = [],
  more: {
    peer?: Cluster;
    identity?: string;
    slowCallMs?: number;
    now?: () => number;
    cluster?: Cluster;
  } = {},
): Promise<RunningController> => {
  const flags = (await parseFlags(
    [`--driver-name=${driverName}`, `--csi-addons-address=unix://${site.socket}`, ...args],
    { version: 'test', print: () => undefined },
  )) as ControllerFlags;
  const stopping = new AbortController();
  const logged: string[] = [];
  const write = (fields: unknown, message: string): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`);
  };
  const ended = runController({
    flags,
    cluster: more.cluster ?? site.connectAgain(),
    peer: more.peer,
    identity: more.identity ?? 'test',
    signal: stopping.signal,
    now: more.now ?? Date.now,
    random: Math.random,
    ...(more.slowCallMs === undefined ? {} : { slowCallMs: more.slowCallMs }),
    log: { debug: write, info: write, warn: write, error: write },
  });
  return {
    ended,
    logged,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
};
