import type { PersistentVolume } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Cluster } from '../../kube/cluster.ts';

/** What became of a request that dr-webhook has to answer. `why`: as the API server said it. */
export type Probe = { answer: 'given' | 'not-asked-for' } | { answer: 'missing'; why: string };

const name = 'kubectl-dr-sandbox-probe';
const namespace = 'default';
const timeoutMs = 5_000;
const given: Probe = { answer: 'given' };
const notAskedFor: Probe = { answer: 'not-asked-for' };

/** No such claim, no such class: whoever guards refuses it. Secondary: the other site need not be asked. */
const unsafeReplication: VolumeReplication = {
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { name, namespace },
  spec: {
    volumeReplicationClass: name,
    replicationState: 'secondary',
    dataSource: { kind: 'PersistentVolumeClaim', name },
  },
};

/** A volume as another cluster had it: whoever repairs takes its claim away. */
const foreignVolume = (driver: string): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: '1Mi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    csi: { driver, volumeHandle: name },
    claimRef: { namespace, name, uid: '00000000-0000-4000-8000-000000000000' },
  },
});

/** A refusal is an answer; an answer that was not had in time is not. */
const wasRefused = (thrown: unknown): boolean =>
  thrown instanceof ApiError && thrown.httpStatus === 403 && thrown.message.includes('guard.kubectl-dr.dev');

const missing = (thrown: unknown): Probe => ({
  answer: 'missing',
  why: thrown instanceof Error ? thrown.message : String(thrown),
});

const probeGuard = async (cluster: Cluster, signal: AbortSignal): Promise<Probe> => {
  try {
    await cluster.create(resources.volumeReplications, unsafeReplication, {
      dryRun: true,
      timeoutMs,
      signal,
    });
    return notAskedFor;
  } catch (thrown) {
    return wasRefused(thrown) ? given : missing(thrown);
  }
};

const probeRepair = async (cluster: Cluster, driver: string, signal: AbortSignal): Promise<Probe> => {
  try {
    const { spec } = await cluster.create<PersistentVolume>(
      resources.persistentVolumes,
      foreignVolume(driver),
      { dryRun: true, timeoutMs, signal },
    );
    return spec?.claimRef === undefined ? given : notAskedFor;
  } catch (thrown) {
    return missing(thrown);
  }
};

/**
 * Whether the API server of a site asks dr-webhook and is answered, seen at two requests that are never carried out: one that
 * has to be refused, and one that has to be repaired.
 */
export const probeWebhooks = async (
  cluster: Cluster,
  driver: string,
  signal: AbortSignal,
): Promise<Probe> => {
  const probes = await Promise.all([probeGuard(cluster, signal), probeRepair(cluster, driver, signal)]);
  return (
    probes.find(({ answer }) => answer === 'missing') ??
    probes.find(({ answer }) => answer !== 'given') ??
    given
  );
};
