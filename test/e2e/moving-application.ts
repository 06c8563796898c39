// An application of two groups, which whole procedures move: a Deployment with two claims, and a StatefulSet with one of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { ApiError, isAlreadyExists } from '../../kube/api-error.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { connect } from '../../kube/connect.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import { callControl } from '../../sandbox/control-call.ts';
import type { Site } from './guarded-volumes.ts';
import { packageRoot, type RunningSandbox } from './running-sandbox.ts';

/** Claims of the application: of the Deployment, and of the StatefulSet. */
export const webClaims = ['web-data', 'web-cache'] as const;
export const claimNames = [...webClaims, 'data-db-0'] as const;
export type ClaimName = (typeof claimNames)[number];
export const bothSites = ['cluster-1', 'cluster-2'] as const;

export const webReplicas = 2;

const claim = (name: string, namespace: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace },
  spec: {
    storageClassName: 'csi-rbd-sc',
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
  },
});

const podOf = (app: string, claims: readonly string[]) => ({
  metadata: { labels: { app } },
  spec: {
    containers: [
      { name: app, image: app, volumeMounts: claims.map((name) => ({ name, mountPath: `/${name}` })) },
    ],
    volumes: claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
  },
});

const deployment = (namespace: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas: webReplicas,
    selector: { matchLabels: { app: 'web' } },
    template: podOf('web', webClaims),
  },
});

const statefulSet = (namespace: string): KubernetesObject => {
  const { spec } = claim('data', namespace);
  const template = podOf('db', []);
  template.spec.containers[0]?.volumeMounts.push({ name: 'data', mountPath: '/data' });
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace },
    spec: {
      replicas: 1,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template,
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec }],
    },
  };
};

const replication = (name: string, namespace: string, volumeReplicationClass: string): KubernetesObject => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { name, namespace },
  spec: {
    volumeReplicationClass,
    replicationState: 'primary',
    autoResync: false,
    dataSource: { apiGroup: '', kind: 'PersistentVolumeClaim', name },
  },
});

const sample = (name: string): KubernetesObject =>
  parse(readFileSync(join(packageRoot, 'manifests/samples', `${name}.yaml`), 'utf8'));

/** Written over what was there before, so that all texts have one length. */
const textLength = 64;

/** Both clusters of a sandbox, and the applications in it. */
export const movingApplications = (sandbox: RunningSandbox) => {
  const kubeconfig = loadKubeconfig({ env: sandbox.env, home: sandbox.home });
  const open = (context: Site): Cluster => connect({ kubeconfig, context });
  const clusters: Record<Site, Cluster> = {
    'cluster-1': open('cluster-1'),
    'cluster-2': open('cluster-2'),
  };
  const { controlSocket } = JSON.parse(
    readFileSync(join(sandbox.home, 'state/kubectl-dr/sandbox.json'), 'utf8'),
  ) as { controlSocket: string };
  const control = { timeoutMs: 60_000 };

  const setUpClasses = async (): Promise<void> => {
    for (const site of bothSites) {
      await clusters[site].create(resources.secrets, sample('secret'));
      await clusters[site].create(resources.storageClasses, sample('storage-class'));
      await clusters[site].create(resources.volumeReplicationClasses, sample('volume-replication-class'));
    }
  };

  /** A class like the sample's, by another name, for a driver, some parameters apart. */
  const addClass = async (
    site: Site,
    name: string,
    provisioner: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    const { spec, ...rest } = sample('volume-replication-class') as KubernetesObject & {
      spec: { parameters: object };
    };
    await clusters[site].create(resources.volumeReplicationClasses, {
      ...rest,
      metadata: { name },
      spec: { ...spec, provisioner, parameters: { ...spec.parameters, ...parameters } },
    });
  };

  /**
   * Protects a claim. A guard that has just been started beside much else may be late itself, or not hear from the other site in time: what
   * it says then passes, and it is asked again.
   */
  const protect = async (name: string, namespace: string, className: string): Promise<void> => {
    const object = replication(name, namespace, className);
    const attempt = () =>
      clusters['cluster-1'].create(resources.volumeReplications, object).then(
        () => undefined,
        (error: unknown) => {
          if (isAlreadyExists(error)) return undefined;
          if (error instanceof ApiError && [403, 500].includes(error.httpStatus)) return error.message;
          throw error;
        },
      );
    await sandbox.until(attempt, (failure) => failure === undefined);
  };

  const list = async <T extends KubernetesObject>(
    site: Site,
    resource: Resource,
    namespace?: string,
  ): Promise<T[]> =>
    (await clusters[site].listAll<T>(resource, namespace === undefined ? {} : { namespace })).items;

  const write = async (site: Site, namespace: string, name: ClaimName, text: string): Promise<void> => {
    const base64 = Buffer.from(text.padEnd(textLength)).toString('base64');
    await callControl(controlSocket, 'write', { site, namespace, claim: name, offset: 0, base64 }, control);
  };

  const read = async (site: Site, namespace: string, name: ClaimName): Promise<string> => {
    const request = { site, namespace, claim: name, offset: 0, length: textLength };
    const { base64 } = await callControl(controlSocket, 'read', request, control);
    return Buffer.from(base64, 'base64').toString().trimEnd();
  };

  const bytesOn = async (site: Site, namespace: string): Promise<Record<ClaimName, string>> => {
    const texts = await Promise.all(
      claimNames.map(async (name) => [name, await read(site, namespace, name)] as const),
    );
    return Object.fromEntries(texts) as Record<ClaimName, string>;
  };

  /** Waits until all pods of some namespaces run on a site, and as many as there are to be. */
  const untilRunning = (site: Site, namespaces: readonly string[]): Promise<unknown> =>
    sandbox.until(
      async () => {
        const pods = await list<KubernetesObject & { status?: { phase?: string } }>(site, resources.pods);
        return namespaces.filter(
          (namespace) =>
            pods.filter(
              ({ metadata, status }) => metadata.namespace === namespace && status?.phase === 'Running',
            ).length !==
            webReplicas + 1,
        );
      },
      (missing) => missing.length === 0,
    );

  const untilSynced = (site: Site, namespaces: readonly string[]): Promise<unknown> =>
    sandbox.until(
      async () => {
        const found = await list<VolumeReplication>(site, resources.volumeReplications);
        return found.filter(
          ({ metadata, status }) =>
            namespaces.includes(metadata.namespace ?? '') && status?.lastSyncTime === undefined,
        ).length;
      },
      (missing) => missing === 0,
    );

  /** Installs an application into each namespace on cluster-1, writes its bytes, and protects it. */
  const install = async (
    namespaces: readonly string[],
    className = 'rbd-volumereplicationclass',
  ): Promise<void> => {
    const { 'cluster-1': first } = clusters;
    await Promise.all(
      namespaces.map(async (namespace) => {
        await first.create(resources.namespaces, {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: namespace },
        });
        await Promise.all([
          ...webClaims.map((name) => first.create(resources.persistentVolumeClaims, claim(name, namespace))),
          first.create(resources.deployments, deployment(namespace)),
          first.create(resources.statefulSets, statefulSet(namespace)),
        ]);
      }),
    );
    await untilRunning('cluster-1', namespaces);
    await Promise.all(
      namespaces.flatMap((namespace) =>
        claimNames.map(async (name) => {
          await write('cluster-1', namespace, name, `${namespace}/${name}: written first`);
          await protect(name, namespace, className);
        }),
      ),
    );
    await untilSynced('cluster-1', namespaces);
  };

  /** Makes claims without a workload on cluster-1, and protects them; answers their volume handles. */
  const installClaims = async (namespace: string, names: readonly string[]): Promise<Map<string, string>> => {
    const { 'cluster-1': first } = clusters;
    await first.create(resources.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
    await Promise.all(
      names.map((name) => first.create(resources.persistentVolumeClaims, claim(name, namespace))),
    );
    const bound = await sandbox.until(
      () => list<PersistentVolumeClaim>('cluster-1', resources.persistentVolumeClaims, namespace),
      (claims) => claims.every(({ status }) => status?.phase === 'Bound'),
    );
    await Promise.all(names.map((name) => protect(name, namespace, 'rbd-volumereplicationclass')));
    await untilSynced('cluster-1', [namespace]);
    const volumes = await list<PersistentVolume>('cluster-1', resources.persistentVolumes);
    return new Map(
      bound.map(({ metadata, spec }) => [
        metadata.name ?? '',
        volumes.find((volume) => volume.metadata.name === spec?.volumeName)?.spec?.csi?.volumeHandle ?? '',
      ]),
    );
  };

  /** Writes over the bytes of all claims. */
  const rewrite = async (site: Site, namespaces: readonly string[], when: string): Promise<void> => {
    await Promise.all(
      namespaces.flatMap((namespace) =>
        claimNames.map((name) => write(site, namespace, name, `${namespace}/${name}: ${when}`)),
      ),
    );
  };

  const expectBytes = async (site: Site, namespace: string, when: string): Promise<void> => {
    const wanted = claimNames.map((name) => [name, `${namespace}/${name}: ${when}`]);
    expect(await bytesOn(site, namespace), `bytes on ${site}`).toEqual(Object.fromEntries(wanted));
  };

  /** `primary/Primary` of each VolumeReplication, by claim. */
  const roles = async (site: Site, namespace: string): Promise<Record<string, string>> => {
    const found = await list<VolumeReplication>(site, resources.volumeReplications, namespace);
    return Object.fromEntries(
      found.map(({ metadata, spec, status }) => [
        metadata.name ?? '',
        `${spec.replicationState}/${status?.state ?? ''}`,
      ]),
    );
  };

  const expectRoles = async (namespace: string, wanted: Record<Site, string>): Promise<void> => {
    for (const site of bothSites)
      expect(await roles(site, namespace), `roles on ${site}`).toEqual(
        Object.fromEntries(claimNames.map((name) => [name, wanted[site]])),
      );
  };

  /** Somebody else changes the size of the Deployment. */
  const scale = async (site: Site, namespace: string, replicas: number): Promise<void> => {
    const key = { namespace, name: 'web' };
    await clusters[site].patch(resources.deployments, key, { spec: { replicas } }, { type: 'merge' });
  };

  const replicasOn = async (site: Site, namespace: string): Promise<Record<string, number>> => {
    const found = await Promise.all(
      [resources.deployments, resources.statefulSets].map((it) => list(site, it, namespace)),
    );
    return Object.fromEntries(
      found
        .flat()
        .map(({ metadata, ...rest }) => [
          metadata.name ?? '',
          (rest['spec'] as { replicas: number }).replicas,
        ]),
    );
  };

  return {
    clusters,
    controlSocket,
    setUpClasses,
    addClass,
    install,
    installClaims,
    list,
    write,
    rewrite,
    expectBytes,
    roles,
    expectRoles,
    replicasOn,
    scale,
    untilRunning,
    untilSynced,
    close: () => {
      for (const cluster of Object.values(clusters)) cluster.close();
    },
  };
};

export type MovingApplications = ReturnType<typeof movingApplications>;
