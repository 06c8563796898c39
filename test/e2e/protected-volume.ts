import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { consentAnnotation } from '../../core/consent.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { connect } from '../../kube/connect.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import { packageRoot, type RunningSandbox } from './running-sandbox.ts';

/** The clusters of a sandbox, for what a person would do with kubectl. */
export type Clusters = { first: Cluster; second: Cluster; close(): void };

const key = { namespace: 'default', name: 'pvc-volumereplication' };
const claimKey = { namespace: 'default', name: 'rbd-pvc' };

export const openClusters = ({ env, home }: RunningSandbox): Clusters => {
  const kubeconfig = loadKubeconfig({ env, home });
  const [first, second] = ['cluster-1', 'cluster-2'].map((context) => connect({ kubeconfig, context })) as [
    Cluster,
    Cluster,
  ];
  return {
    first,
    second,
    close: () => {
      first.close();
      second.close();
    },
  };
};

const sample = (name: string): KubernetesObject =>
  parse(readFileSync(join(packageRoot, 'manifests/samples', `${name}.yaml`), 'utf8'));

/** The sample VolumeReplication, asking for a state; `metadata` is added to its own. */
export const replicate = (
  cluster: Cluster,
  replicationState: string,
  metadata: KubernetesObject['metadata'] = {},
): Promise<KubernetesObject> => {
  const object = sample('volume-replication') as VolumeReplication;
  return cluster.create(resources.volumeReplications, {
    ...object,
    metadata: { ...object.metadata, ...metadata },
    spec: { ...object.spec, replicationState },
  } as KubernetesObject);
};

/** Asks the sample VolumeReplication for another state, and for more of its spec. */
export const askFor = (
  cluster: Cluster,
  replicationState: string,
  more: { autoResync?: boolean } = {},
): Promise<KubernetesObject> =>
  cluster.patch(
    resources.volumeReplications,
    key,
    { spec: { replicationState, ...more } },
    { type: 'merge' },
  );

/** The sample class with another interval. */
export const replaceClass = async (cluster: Cluster, schedulingInterval: string): Promise<void> => {
  const object = sample('volume-replication-class');
  const spec = object['spec'] as { parameters: Record<string, string> };
  const { schedulingStartTime: _, ...parameters } = spec.parameters;
  await cluster.delete(resources.volumeReplicationClasses, { name: object.metadata.name ?? '' });
  await cluster.create(resources.volumeReplicationClasses, {
    ...object,
    spec: { ...spec, parameters: { ...parameters, schedulingInterval } },
  });
};

/** Carries the claim and its volume over, reserved for each other. */
export const carryOver = async ({ first, second }: Clusters): Promise<void> => {
  const claim = await first.get<PersistentVolumeClaim>(resources.persistentVolumeClaims, claimKey);
  const volume = await first.get<PersistentVolume>(resources.persistentVolumes, {
    name: claim.spec?.volumeName ?? '',
  });
  await second.create(resources.persistentVolumes, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volume.metadata.name ?? '' },
    spec: { ...volume.spec, claimRef: claimKey },
  });
  await second.create(resources.persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: claimKey,
    spec: { ...claim.spec },
  });
};

/** What a person writes on a VolumeReplication to have its copy thrown away, with what only that one holds. */
export const consentToGiveUp = () => ({
  annotations: {
    [consentAnnotation]: JSON.stringify({
      accepts: ['resync', 'lose-since-promote'],
      seen: { peer: 'primary' },
      maxLoss: 'unknown',
      by: 'on-call',
      expires: new Date(Date.now() + 10 * 60_000).toISOString(),
    }),
  },
});

/** What a person writes on a VolumeReplication to have it promoted by force, whatever the other site is. */
export const consentToForce = () => ({
  annotations: {
    [consentAnnotation]: JSON.stringify({
      accepts: ['force-promote'],
      seen: { peer: 'primary' },
      maxLoss: 'unknown',
      by: 'on-call',
      reason: 'cluster-1 is lost',
      expires: new Date(Date.now() + 10 * 60_000).toISOString(),
    }),
  },
});
