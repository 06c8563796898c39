// What the controllers and the admission of a real cluster do to pods and their claims, in the sandbox: with kubectl, as a person meets it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

const site = 'cluster-1';
const storage = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const claimSpec = { ...storage, storageClassName: 'csi-rbd-sc' };

const claim = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { ...claimSpec, ...more },
});

const containers = [{ name: 'c', image: 'nginx:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }];

const podWith = (name: string, volume: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers, volumes: [{ name: 'data', ...volume }], ...more },
});

const workload = (kind: 'Deployment' | 'StatefulSet', name: string, spec: object, podSpec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers, ...podSpec } },
    ...spec,
  },
});

describe.skipIf(!haveKubectl).each(serverFlavours)('pods and their claims on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;

  beforeAll(async () => {
    sandbox = await startSandbox(
      '--with-example',
      '--clock-factor=60',
      '--no-webhook',
      '--no-controller',
      ...flags,
    );
  });
  afterAll(async () => {
    await sandbox?.end();
  });

  const kubectl = (...words: string[]) => sandbox.kubectl(site, words);
  const apply = async (...objects: object[]) => {
    const yaml = objects.map((object) => stringify(object)).join('---\n');
    expect(await sandbox.kubectl(site, ['apply', '-f', '-'], yaml)).toMatchObject({ code: 0 });
  };
  const read = async (what: string, path: string): Promise<string> =>
    (await kubectl('get', ...what.split(' '), '-o', `jsonpath={${path}}`, '--ignore-not-found')).stdout;
  const until = (what: string, path: string, accept: (seen: string) => boolean) =>
    sandbox.until(() => read(what, path), accept);
  const namesOf = async (kind: string): Promise<string[]> =>
    (await kubectl('get', kind, '-o', 'name')).stdout.split('\n').filter((line) => line !== '');

  test('a claim goes with the pod that its StatefulSet scales away, and stays where it is retained', async () => {
    const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: claimSpec }];
    const policy = (whenScaled: string, whenDeleted: string) => ({
      serviceName: 'x',
      volumeClaimTemplates,
      persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted },
    });
    await apply(
      workload('StatefulSet', 'goes', policy('Delete', 'Retain')),
      workload('StatefulSet', 'stays', policy('Retain', 'Retain')),
      workload('StatefulSet', 'owned', policy('Retain', 'Delete')),
    );
    for (const name of ['goes', 'stays', 'owned'])
      await until(`pod ${name}-0`, '.status.phase', (phase) => phase === 'Running');
    await until('pvc data-owned-0', '.metadata.ownerReferences[0].kind', (kind) => kind === 'StatefulSet');
    for (const name of ['goes', 'stays', 'owned']) await kubectl('scale', `sts/${name}`, '--replicas=0');
    await until('pvc data-goes-0', '.metadata.name', (name) => name === '');
    expect(await read('pvc data-stays-0', '.metadata.name')).toBe('data-stays-0');
    expect(await read('pvc data-owned-0', '.metadata.name')).toBe('data-owned-0');
    await kubectl('scale', 'sts/goes', '--replicas=1');
    await until('pod goes-0', '.status.phase', (phase) => phase === 'Running');
    for (const name of ['stays', 'owned']) await kubectl('delete', `sts/${name}`);
    await until('pvc data-owned-0', '.metadata.name', (name) => name === '');
    expect(await read('pvc data-stays-0', '.metadata.name')).toBe('data-stays-0');
  });

  test('the claim of a generic ephemeral volume is made for its pod, and goes with it', async () => {
    const ephemeral = { volumeClaimTemplate: { spec: claimSpec } };
    await apply(podWith('scratch', { ephemeral }));
    await until('pod scratch', '.status.phase', (phase) => phase === 'Running');
    expect(await read('pvc scratch-data', '.metadata.ownerReferences[0].kind')).toBe('Pod');
    await kubectl('delete', 'pod/scratch');
    await until('pvc scratch-data', '.metadata.name', (name) => name === '');
  });

  test('a pod stays Pending whose volume its node cannot reach, until the node is labelled', async () => {
    await apply(claim('zoned'));
    await until('pvc zoned', '.status.phase', (phase) => phase === 'Bound');
    const volume = await read('pvc zoned', '.spec.volumeName');
    const expression = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['site-1-a'] };
    const nodeAffinity = { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } };
    const change = JSON.stringify({ spec: { nodeAffinity } });
    expect(await kubectl('patch', 'pv', volume, '--type=merge', '-p', change)).toMatchObject({ code: 0 });
    await apply(podWith('zoned', { persistentVolumeClaim: { claimName: 'zoned' } }));
    const message = await until('pod zoned', '.status.conditions[0].message', (text) => text !== '');
    expect(message).toBe(
      "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    );
    expect(await read('pod zoned', '.status.phase')).toBe('Pending');
    await kubectl('label', 'node', 'cluster-1-node', 'topology.kubernetes.io/zone=site-1-a');
    await until('pod zoned', '.status.phase', (phase) => phase === 'Running');
  });

  test('a clone holds what its source held, and a claim from a snapshot waits', async () => {
    await apply(claim('parent'));
    await until('pvc parent', '.status.phase', (phase) => phase === 'Bound');
    expect(await sandbox.dr('sandbox', 'write', site, 'parent', 'then')).toMatchObject({ code: 0 });
    const snapshot = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'nightly' };
    await apply(
      claim('clone', { dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'parent' } }),
      claim('from-snapshot', { dataSourceRef: snapshot }),
    );
    await until('pvc clone', '.status.phase', (phase) => phase === 'Bound');
    expect((await sandbox.dr('sandbox', 'read', site, 'clone')).stdout).toContain('then');
    const events = () => kubectl('get', 'events', '--field-selector=reason=ProvisioningFailed');
    const { stdout } = await sandbox.until(events, (seen) => seen.stdout.includes('nightly'));
    expect(stdout).toContain('error getting handle for DataSource Type VolumeSnapshot by Name nightly');
    expect(await read('pvc from-snapshot', '.status.phase')).toBe('Pending');
  });

  test('a workload whose pods name a missing PriorityClass says so, and runs once that is there', async () => {
    const podSpec = {
      priorityClassName: 'shop-critical',
      containers: [{ name: 'c', image: 'nginx:1' }],
    };
    await apply(
      workload('Deployment', 'web', {}, podSpec),
      workload('StatefulSet', 'db', { serviceName: 'x' }, podSpec),
    );
    const failure = '.status.conditions[?(@.type=="ReplicaFailure")].message';
    const why = await until('deploy web', failure, (text) => text !== '');
    expect(why).toMatch(/^pods "web-\w+-" is forbidden: no PriorityClass with name shop-critical was found$/);
    const events = () => kubectl('get', 'events', '--field-selector=reason=FailedCreate');
    const { stdout } = await sandbox.until(events, (seen) =>
      /db-0 in StatefulSet db failed/.test(seen.stdout),
    );
    expect(stdout).toMatch(/Error creating: pods "web-\w+-" is forbidden: no PriorityClass/);
    expect(await namesOf('pods')).not.toEqual(expect.arrayContaining(['pod/db-0']));
    await apply({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'shop-critical' },
      value: 1000,
    });
    await until('pod db-0', '.spec.priority', (priority) => priority === '1000');
    await until('deploy web', '.status.readyReplicas', (ready) => ready === '1');
    await until('deploy web', failure, (text) => text === '');
  });
});
