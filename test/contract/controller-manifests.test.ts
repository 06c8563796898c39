import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControllerFlags, parseFlags } from '../../controller/flags.ts';
import { runController } from '../../controller/run.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { createPeerReads } from '../../kube/peer-reads.ts';
import { type FakeDriver, followedAtOnce, startFakeDriver, tellsReplica } from '../controller/fake-driver.ts';
import { eventsOf, makeReplication, readClaim, readReplication } from '../controller/running-controller.ts';
import { haveKubectl } from '../e2e/running-sandbox.ts';
import { eventually } from '../kube/embedded-cluster.ts';
import { type ManifestServer, manifest, realServer, startManifestServer } from './applied-manifests.ts';

// manifests/controller as a person applies it, to a real API server with RBAC: that the whole controller runs by these rights, the
// election included, that it has none that it does not need, and what the other site lets it read.

const namespace = 'rook-ceph';
const account = 'rook-csi-rbd-provisioner-sa';
const driverName = 'rook-ceph.rbd.csi.ceph.com';
const secretName = 'rook-csi-rbd-provisioner';
const lease = { namespace, name: 'rook-ceph-rbd-csi-ceph-com-dr-controller' };

const secret = (name: string, of: string): KubernetesObject & { stringData: Record<string, string> } => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: of },
  stringData: { userID: 'admin', userKey: 'hunter2hunter2' },
});

const replicationClass = (name: string, secretOf: string): VolumeReplicationClass => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplicationClass',
  metadata: { name },
  spec: {
    provisioner: driverName,
    parameters: {
      mirroringMode: 'snapshot',
      schedulingInterval: '1m',
      'replication.storage.openshift.io/replication-secret-name': secretOf,
      'replication.storage.openshift.io/replication-secret-namespace': namespace,
    },
  },
});

const boundClaim = async (cluster: Cluster, name: string): Promise<void> => {
  await cluster.create(resources.persistentVolumes, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `pv-${name}` },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      csi: { driver: driverName, volumeHandle: `handle-${name}` },
      claimRef: { namespace: 'default', name },
    },
  } as KubernetesObject);
  await cluster.create(resources.persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      resources: { requests: { storage: '1Gi' } },
      volumeName: `pv-${name}`,
    },
  } as KubernetesObject);
  const bound = { status: { phase: 'Bound' } };
  const status = { type: 'merge', subresource: 'status' } as const;
  await cluster.patch(resources.persistentVolumeClaims, { name, namespace: 'default' }, bound, status);
};

describe.skipIf(realServer === undefined || !haveKubectl)(
  'manifests/controller, applied to a real kube-apiserver',
  () => {
    let server: ManifestServer;
    let cluster: Cluster;
    let driver: FakeDriver;
    let ended: Promise<void>;
    const directory = mkdtempSync(join(tmpdir(), 'drc-'));
    const socket = join(directory, 's');
    const stopping = new AbortController();
    const logged: string[] = [];
    const who = { namespace, account };

    beforeAll(async () => {
      server = await startManifestServer();
      ({ cluster } = server);
      await cluster.create(resources.namespaces, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace },
      });
      expect(await server.kubectl('apply', '-f', manifest('controller'))).toMatchObject({
        code: 0,
        stderr: '',
      });
      await cluster.create(resources.secrets, secret(secretName, namespace));
      await cluster.create(resources.secrets, secret('another', namespace));
      await cluster.create(resources.volumeReplicationClasses, replicationClass('rbd', secretName));
      await cluster.create(resources.volumeReplicationClasses, replicationClass('foreign', 'another'));
      driver = await startFakeDriver({
        socket,
        name: driverName,
        answer: (call, earlier) =>
          tellsReplica(call, earlier) ?? followedAtOnce(call, earlier) ?? { code: 'OK' },
      });
      const flags = (await parseFlags(
        [
          `--driver-name=${driverName}`,
          `--csi-addons-address=unix://${socket}`,
          '--leader-election',
          `--leader-election-namespace=${namespace}`,
        ],
        { version: 'test', print: () => undefined },
      )) as ControllerFlags;
      const write = (fields: unknown, message: string): void => {
        logged.push(`${message} ${JSON.stringify(fields)}`);
      };
      ended = runController({
        flags,
        cluster: server.as(namespace, account),
        peer: undefined,
        identity: 'one',
        signal: stopping.signal,
        now: Date.now,
        random: Math.random,
        log: { debug: write, info: write, warn: write, error: write },
      });
    });
    afterAll(async () => {
      stopping.abort();
      await ended;
      await driver?.close();
      await server?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    test('the service account leads, and keeps a volume primary, demoted and unprotected', async () => {
      await boundClaim(cluster, 'a');
      await makeReplication(cluster, 'a');
      const state = async () => (await readReplication(cluster, 'a')).status?.state;
      await eventually(async () => expect(await state()).toBe('Primary'), 60_000);
      expect(driver.calls.some(({ secrets }) => secrets['userKey'] === 'hunter2hunter2')).toBe(true);
      expect((await readReplication(cluster, 'a')).metadata.finalizers).toContain(
        'replication.storage.openshift.io',
      );
      expect((await readClaim(cluster, 'a')).metadata.annotations).toMatchObject({
        'replication.storage.openshift.io/volume-replication-name': 'a',
      });
      const demoted = { spec: { replicationState: 'secondary' } };
      await cluster.patch<VolumeReplication>(
        resources.volumeReplications,
        { name: 'a', namespace: 'default' },
        demoted,
        { type: 'merge' },
      );
      await eventually(async () => expect(await state()).toBe('Secondary'), 60_000);
      await eventually(async () => expect(await eventsOf(cluster, 'a')).not.toEqual([]), 60_000);
      await cluster.delete(resources.volumeReplications, { name: 'a', namespace: 'default' });
      await eventually(
        () => expect(readReplication(cluster, 'a')).rejects.toMatchObject({ httpStatus: 404 }),
        60_000,
      );
      const { metadata } = await readClaim(cluster, 'a');
      expect(metadata.finalizers ?? []).not.toContain('replication.storage.openshift.io/pvc-protection');
      expect(logged.filter((line) => /forbidden/i.test(line))).toEqual([]);
    }, 300_000);

    test('it renews its Lease', async () => {
      const renewed = async () => {
        const { spec } = await cluster.get<KubernetesObject & { spec?: { renewTime?: string } }>(
          resources.leases,
          lease,
        );
        return spec?.renewTime;
      };
      const first = await renewed();
      expect(first).toMatch(/^\d{4}-/);
      await eventually(async () => expect(await renewed()).not.toBe(first), 60_000);
    });

    test('a class that names another Secret leads to a status that says that it may not be read', async () => {
      await boundClaim(cluster, 'b');
      await makeReplication(cluster, 'b', { volumeReplicationClass: 'foreign' });
      await eventually(async () => {
        const { status } = await readReplication(cluster, 'b');
        expect(status?.message).toMatch(/another.*forbidden/i);
      }, 60_000);
      expect(driver.calls.filter((call) => [call.volumeId, call.sourceId].includes('handle-b'))).toEqual([]);
    });

    const questions: [string, string][] = [
      ['get secrets/rook-csi-rbd-provisioner -n rook-ceph', 'yes'],
      ['get secrets/another -n rook-ceph', 'no'],
      ['get secrets/rook-csi-rbd-provisioner -n default', 'no'],
      ['list secrets -n rook-ceph', 'no'],
      [`update leases/${lease.name} -n rook-ceph`, 'yes'],
      ['get leases/rook-ceph-rbd-csi-ceph-com -n rook-ceph', 'no'],
      ['update leases/rook-ceph-rbd-csi-ceph-com -n rook-ceph', 'no'],
      [`update leases/${lease.name} -n default`, 'no'],
      [`delete leases/${lease.name} -n rook-ceph`, 'no'],
      ['create volumereplications', 'no'],
      ['delete volumereplications', 'no'],
      ['patch volumereplicationclasses', 'no'],
      ['delete persistentvolumeclaims', 'no'],
      ['patch persistentvolumes', 'no'],
      ['patch persistentvolumeclaims --subresource=status', 'no'],
      ['consent volumereplications.replication.storage.openshift.io', 'no'],
      ['patch validatingwebhookconfigurations', 'no'],
    ];

    test.each(questions)('whether the controller may %s: %s', async (question, answer) => {
      expect(await server.canI(who, ...question.split(' '))).toBe(answer);
    });

    test('who is bound to the role of the other site reads what is asked of it, and nothing else', async () => {
      const bound = [
        'create',
        'clusterrolebinding',
        'peer',
        '--clusterrole=dr-peer',
        '--serviceaccount=default:peer',
      ];
      expect(await server.kubectl(...bound)).toMatchObject({ code: 0 });
      const asPeer = { namespace: 'default', account: 'peer' };
      await eventually(async () =>
        expect(await server.canI(asPeer, 'list', 'volumereplications', '-A')).toBe('yes'),
      );
      const reads = createPeerReads(server.as('default', 'peer'), Date.now);
      expect((await reads.volume('pv-a'))?.metadata.name).toBe('pv-a');
      const { replicationClass: readClass } = reads;
      expect(await readClass(resources.volumeReplicationClasses, 'rbd')).toBeDefined();
      expect(await readClass(resources.volumeGroupReplicationClasses, 'none')).toBeUndefined();
      expect((await reads.replications('default')).bySource.size).toBe(1);
      await reads.volumes();
      for (const question of [
        'get secrets -n rook-ceph',
        'list pods -A',
        'patch volumereplications',
        'create events',
        `get leases/${lease.name} -n rook-ceph`,
      ])
        expect([question, await server.canI(asPeer, ...question.split(' '))]).toEqual([question, 'no']);
    });
  },
);
