import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { guardedVolumes } from './guarded-volumes.ts';
import { driver, stream, volumeOf, writeBackup, writeSource } from './restore-source.ts';
import {
  executable,
  haveKubectl,
  type RunningSandbox,
  runCommand,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

/** A claim that takes whatever volume fits. */
const unbound = (claim: KubernetesObject): KubernetesObject => {
  const { volumeName: _, ...spec } = claim['spec'] as { volumeName?: string };
  return { ...claim, spec };
};

/** As a StorageClass writes it. */
const template = (value: string): string => `\${${value}}`;

describe.skipIf(!haveKubectl).each(serverFlavours)('kubectl dr restore on $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let at: ReturnType<typeof guardedVolumes>;
  let directory: string;

  beforeAll(async () => {
    sandbox = await startSandbox(...flags, '--with-example');
    at = guardedVolumes(sandbox);
    directory = mkdtempSync(join(sandbox.home, 'sources-'));
    await at.succeed('cluster-2', ['create', '-f', '-'], waitingClass);
  });
  afterAll(async () => {
    await sandbox?.end();
  });

  /** A class whose volumes nobody makes: its claims wait until a PV is there. */
  const waitingClass = stringify({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'by-hand' },
    provisioner: 'kubernetes.io/no-provisioner',
  });

  const restore = (source: string, ...words: string[]) =>
    sandbox.dr('restore', source, '--to', 'cluster-2', ...words);

  const restoreText = (text: string, ...words: string[]) =>
    runCommand(executable('kubectl-dr'), ['restore', '-', '--to', 'cluster-2', ...words], {
      env: sandbox.env,
      input: text,
    });

  /** Everything on the target that a restore could have written, with the version of each. */
  const targetState = async (): Promise<string> => {
    const kinds = 'ns,sc,pv,pvc,configmap,secret,serviceaccount,deployment';
    const { stdout } = await at.succeed('cluster-2', [
      'get',
      kinds,
      '-A',
      '-o',
      'jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.uid} {.spec}{"\\n"}{end}',
    ]);
    return stdout;
  };

  const dump = async (...claims: string[]): Promise<string> => {
    const items = [];
    for (const name of claims) {
      const claim = await at.read('cluster-1', 'pvc', name);
      items.push(claim, await at.read('cluster-1', 'pv', claim.spec.volumeName));
    }
    return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  };

  test('a claim as kubectl printed it on one site is bound to the same volume on the other', async () => {
    await at.bind('cluster-1', 'moved');
    const source = await at.read('cluster-1', 'pvc', 'moved');
    const before = await at.read('cluster-1', 'pv', source.spec.volumeName);
    const path = writeSource(directory, 'moved.json', await dump('moved'));

    const ended = await restore(path, '-v=1');

    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`cluster-2: pvc/moved in default bound to ${before.metadata.name}`),
      stderr: expect.stringMatching(/\d+ requests/),
    });
    expect(ended.stdout).toContain('next: kubectl dr promote moved -n default --context cluster-2');
    const claim = await at.read('cluster-2', 'pvc', 'moved');
    const volume = await at.read('cluster-2', 'pv', before.metadata.name);
    expect(claim.status.phase).toBe('Bound');
    expect(volume.spec).toMatchObject({
      csi: before.spec.csi,
      claimRef: { name: 'moved', uid: claim.metadata.uid },
      persistentVolumeReclaimPolicy: 'Retain',
    });
    expect(claim.metadata.uid).not.toBe(source.metadata.uid);
  });

  test('run again it changes nothing and says so', async () => {
    await at.bind('cluster-1', 'again');
    const path = writeSource(directory, 'again.json', await dump('again'));
    expect((await restore(path)).code).toBe(0);
    const before = await targetState();
    const [second] = (await restore(path, '-o', 'json')).stdout
      .split('\n')
      .filter((line) => line.includes('"again"'));
    expect(JSON.parse(second ?? '')).toMatchObject({ kind: 'Event', type: 'Unchanged', verb: 'restore' });
    expect(await targetState()).toBe(before);
    expect((await restore(path, '--existing=fail')).stderr).toContain('--existing=fail was given');
  });

  test('the peer of the current site is the target when none is named', async () => {
    const text = stream(volumeOf('peer'));
    const path = writeSource(directory, 'peer.yaml', text);
    const named = await sandbox.dr('restore', path, '--context=cluster-1', '--peer-context=cluster-2');
    expect(named).toMatchObject({ code: 0, stdout: expect.stringContaining('cluster-2: pvc/peer') });
  });

  test('a claim of the same class that waits on the target never gets a restored volume', async () => {
    const stranger = unbound(volumeOf('stranger', { storageClassName: 'by-hand' })[1]);
    await at.succeed('cluster-2', ['create', '-f', '-'], stringify(stranger));

    expect((await restoreText(stream(volumeOf('owner', { storageClassName: 'by-hand' })))).code).toBe(0);

    expect((await at.read('cluster-2', 'pv', 'pv-owner')).spec.claimRef.name).toBe('owner');
    expect((await at.read('cluster-2', 'pvc', 'stranger')).status.phase).toBe('Pending');
  });

  test('with --claim-ref=remove a stranger may take the PV, and then it is named', async () => {
    const ended = await restoreText(
      stream(volumeOf('open', { storageClassName: 'by-hand' })),
      '--claim-ref=remove',
    );
    expect(ended.stderr).toContain('PVs are open until they are bound');
    const { claimRef } = (await at.read('cluster-2', 'pv', 'pv-open')).spec;
    if (claimRef.name === 'open') expect(ended.code).toBe(0);
    else
      expect(ended).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('PV pv-open was taken by claim default/stranger'),
      });
  });

  test('lists, streams and directories are taken; pods and what others make are left out', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1', namespace: 'default' } };
    const replicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: 'web-5d',
        namespace: 'default',
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: '1', controller: true },
        ],
      },
    };
    const fromStream = await restoreText(stream([...volumeOf('streamed'), pod, replicaSet]));
    expect(fromStream).toMatchObject({ code: 0, stdout: expect.stringContaining('pvc/streamed') });
    expect(fromStream.stderr).toContain('left out: Pod web-1: pods are made by their workloads');
    expect(fromStream.stderr).toContain('left out: ReplicaSet web-5d: Deployment web makes it');

    const [pv, pvc] = volumeOf('filed');
    writeSource(directory, 'files/1.yaml', stringify(pvc));
    writeSource(directory, 'files/2.json', JSON.stringify(pv));
    writeSource(directory, 'files/notes.txt', 'not a manifest');
    const fromDirectory = await restore(join(directory, 'files'));
    expect(fromDirectory).toMatchObject({ code: 0, stdout: expect.stringContaining('pvc/filed') });
  });

  test('a backup tells who replicated the volume, and the claim keeps it for the promote', async () => {
    const volumes = [
      {
        namespace: 'default',
        persistentVolumeClaim: 'told',
        claimUid: null,
        persistentVolume: 'pv-told',
        driver,
        volumeHandle: 'handle-pv-told',
        storageClass: 'csi-rbd-sc',
        replication: { kind: 'VolumeReplication', name: 'told-vr', class: 'fast', state: 'Primary' },
        lastSyncTime: '2026-11-25T07:55:00Z',
      },
    ];
    const store = join(directory, 'store');
    writeBackup(join(store, '20261125T080000Z'), volumeOf('told'), { volumes });
    const ended = await restore(store);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('restoring backup ') });
    expect((await at.read('cluster-2', 'pvc', 'told')).metadata.annotations).toMatchObject({
      'kubectl-dr.dev/replication-name': 'told-vr',
      'kubectl-dr.dev/replication-class': 'fast',
      'kubectl-dr.dev/last-sync-time': '2026-11-25T07:55:00Z',
      'kubectl-dr.dev/restored-from': 'cluster-1',
    });
  });

  test('everything that stands against a restore is listed at once, and nothing is written', async () => {
    await at.succeed(
      'cluster-2',
      ['create', '-f', '-'],
      stringify(volumeOf('one', { volume: 'pv-taken' })[0]),
    );
    await at.succeed(
      'cluster-2',
      ['create', '-f', '-'],
      stringify(volumeOf('other', { handle: 'handle-pv-renamed' })[0]),
    );
    const before = await targetState();
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'never-made' } },
      ...volumeOf('taken', { handle: 'another' }),
      ...volumeOf('renamed'),
      ...volumeOf('classless', { storageClassName: 'nowhere' }),
      ...volumeOf('blocks', { volumeMode: 'Block' }),
      volumeOf('alone')[1],
    ];

    const ended = await restoreText(stream(objects));

    expect(ended.code).toBe(1);
    for (const said of [
      /pv\/pv-taken: .* has a PV of this name for volume .*handle-pv-taken/,
      /pv\/pv-renamed: .* as PV pv-other already/,
      /pvc\/classless in default: its StorageClass nowhere is neither on cluster-2 nor in the source/,
      /pvc\/blocks in default: .*its volumeMode is Block and the PV's is Filesystem/,
      /pvc\/alone in default: .*not in the source/,
      /5 conflicts: nothing was written/,
    ])
      expect(ended.stderr).toMatch(said);
    expect(ended.stderr.match(/; next: /g)).toHaveLength(5);
    expect(await targetState()).toBe(before);
  });

  test('the site that the source was taken from is refused', async () => {
    await at.bind('cluster-1', 'home');
    const path = writeSource(directory, 'home.json', await dump('home'));
    const raw = await sandbox.dr('restore', path, '--to', 'cluster-1');
    expect(raw).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('this is the site that the backup was taken from'),
    });

    const { metadata } = await at.read('cluster-2', 'ns', 'kube-system');
    const backup = writeBackup(join(directory, 'own'), volumeOf('own'), { clusterUid: metadata.uid });
    const ended = await restore(backup);
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('this is the site that the backup was taken from'),
    });
  });

  test('of a store, a backup of the target itself is passed over', async () => {
    const { metadata } = await at.read('cluster-2', 'ns', 'kube-system');
    const store = join(directory, 'two-sites');
    writeBackup(join(store, '20261125T080000Z'), volumeOf('older'), { createdAt: '2026-11-25T08:00:00Z' });
    writeBackup(join(store, '20261125T090000Z'), volumeOf('newer'), {
      clusterUid: metadata.uid,
      createdAt: '2026-11-25T09:00:00Z',
    });
    const ended = await restore(store, '--dry-run=client');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('pvc/older') });
    expect(ended.stderr).toContain('was passed over: it was taken of cluster-2 itself');
  });

  test.each<[string, (directory: string) => string, RegExp]>([
    [
      'a file that is cut off',
      (to) => {
        const path = writeSource(to, 'cut.json', JSON.stringify(volumeOf('cut')[0]));
        truncateSync(path, 100);
        return path;
      },
      /cut\.json:\d+: /,
    ],
    [
      'a backup whose bytes were changed',
      (to) => {
        const backup = writeBackup(join(to, 'changed'), volumeOf('changed'));
        writeFileSync(
          join(backup, 'persistentvolume/cluster.pv-changed.yaml'),
          stringify(volumeOf('evil')[0]),
        );
        return backup;
      },
      /digest differs/,
    ],
    [
      'a backup with a file that is not its own',
      (to) => {
        const backup = writeBackup(join(to, 'foreign'), volumeOf('foreign'));
        writeSource(backup, 'persistentvolume/extra.yaml', stringify(volumeOf('extra')[0]));
        return backup;
      },
      /not in INDEX/,
    ],
    [
      'a backup whose index leads out of it',
      (to) => {
        const backup = writeBackup(join(to, 'leading-out'), volumeOf('out'));
        writeSource(
          backup,
          'INDEX',
          stringify({
            apiVersion: 'backup.kubectl-dr.dev/v1alpha1',
            kind: 'Backup',
            createdAt: '2026-11-25T08:00:00Z',
            createdBy: 'x',
            source: { site: 'x', clusterUid: null, kubernetesVersion: null },
            missing: [],
            volumes: [],
            files: [
              {
                path: '../../etc/passwd',
                sha256: 'a'.repeat(64),
                bytes: 1,
                apiVersion: 'v1',
                kind: 'Secret',
                namespace: null,
                name: 'x',
              },
            ],
          }),
        );
        return backup;
      },
      /cannot be followed/,
    ],
    [
      'a directory with nothing in it',
      (to) => mkdtempSync(join(to, 'empty-')),
      /holds neither a backup nor manifests/,
    ],
    ['a file with nothing in it', (to) => writeSource(to, 'empty.yaml', ''), /there is nothing to restore/],
    [
      'a file that is far too large',
      (to) => {
        const path = writeSource(to, 'large.yaml', '');
        truncateSync(path, 100 * 2 ** 20);
        return path;
      },
      /larger than 32 MiB/,
    ],
    [
      'YAML with aliases',
      (to) => writeSource(to, 'aliases.yaml', 'a: &a [x]\nb: [*a, *a]\n'),
      /aliases\.yaml:\d+: /,
    ],
    ['YAML with tags', (to) => writeSource(to, 'tags.yaml', 'a: !!js/function "x"\n'), /tags\.yaml:\d+: /],
    [
      'a kind that is not restored',
      (to) =>
        writeSource(
          to,
          'role.yaml',
          stringify({
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'ClusterRole',
            metadata: { name: 'all' },
          }),
        ),
      /ClusterRole all .* is of a kind that restore does not know/,
    ],
    ['a path that is not there', (to) => join(to, 'nowhere.yaml'), /no such file or directory/],
  ])('%s is refused in one line, and nothing is written', async (_, source, said) => {
    const before = await targetState();
    const ended = await restore(source(directory));
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(said) });
    expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
    expect(await targetState()).toBe(before);
  });

  test('without the permission nothing is written, and the error says whose it is', async () => {
    const before = await targetState();
    const ended = await restoreText(stream(volumeOf('forbidden')), '--as=nobody');
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/nobody.*cannot list/) });
    expect(await targetState()).toBe(before);
  });

  test('namespaces and classes can be called otherwise on the target', async () => {
    const ended = await restoreText(
      stream(volumeOf('drilled', { namespace: 'shop', storageClassName: 'gold' })),
      '--map-namespace=shop=drill',
      '--map-storage-class=gold=csi-rbd-sc',
    );
    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /namespace\/drill created[\s\S]*pvc\/drilled in drill bound to pv-drilled/,
      ),
    });
    expect((await at.read('cluster-2', 'pv', 'pv-drilled')).spec).toMatchObject({
      storageClassName: 'csi-rbd-sc',
      claimRef: { namespace: 'drill' },
    });
  });

  test('secrets and the cluster id of a PV become those of the target class', async () => {
    const parameters = {
      clusterID: 'ceph-2',
      'csi.storage.k8s.io/node-stage-secret-name': `node-${template('pvc.name')}`,
      'csi.storage.k8s.io/node-stage-secret-namespace': template('pvc.namespace'),
      'csi.storage.k8s.io/controller-publish-secret-name': 'publish',
      'csi.storage.k8s.io/controller-publish-secret-namespace': 'rook',
    };
    const storageClass = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'secretive' },
      provisioner: driver,
      parameters,
    };
    await at.succeed('cluster-2', ['create', '-f', '-'], stringify(storageClass));
    const [pv, pvc] = volumeOf('keyed', { storageClassName: 'secretive' });
    const { csi } = pv['spec'] as { csi: object };
    Object.assign(csi, {
      nodeStageSecretRef: { name: 'old', namespace: 'old' },
      volumeAttributes: { clusterID: 'ceph-1', pool: 'p' },
    });
    expect((await restoreText(stream([pv, pvc]))).code).toBe(0);
    expect((await at.read('cluster-2', 'pv', 'pv-keyed')).spec.csi).toMatchObject({
      volumeHandle: 'handle-pv-keyed',
      nodeStageSecretRef: { name: 'node-keyed', namespace: 'default' },
      controllerPublishSecretRef: { name: 'publish', namespace: 'rook' },
      volumeAttributes: { clusterID: 'ceph-2', pool: 'p' },
    });
  });

  test('rules change objects; one that cannot is named together with the object before anything is written', async () => {
    const rules = (test: string) =>
      stringify({
        rules: [
          {
            name: 'grow',
            match: { kind: 'PersistentVolumeClaim', name: 'ruled*' },
            jsonPatch: [
              { op: 'test', path: '/spec/resources/requests/storage', value: test },
              { op: 'replace', path: '/spec/resources/requests/storage', value: '500Mi' },
            ],
            mergePatch: { metadata: { labels: { tier: 'gold' } } },
          },
        ],
      });
    const before = await targetState();
    const failing = writeSource(directory, 'failing.yaml', rules('9Gi'));
    const refused = await restoreText(stream(volumeOf('ruled')), '--transform', failing);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/rule "grow" .*PersistentVolumeClaim default\/ruled/),
    });
    expect(await targetState()).toBe(before);
    const mistyped = writeSource(directory, 'mistyped.yaml', 'rules:\n- match: {}\n  jsonPach: []\n');
    expect((await restoreText(stream(volumeOf('ruled')), '--transform', mistyped)).stderr).toContain(
      'unknown field "jsonPach"',
    );

    const fitting = writeSource(directory, 'fitting.yaml', rules('1Gi'));
    expect((await restoreText(stream(volumeOf('ruled')), '--transform', fitting)).code).toBe(0);
    expect(await at.read('cluster-2', 'pvc', 'ruled')).toMatchObject({
      metadata: { labels: { tier: 'gold' } },
      spec: { resources: { requests: { storage: '500Mi' } } },
    });
  });

  test('dry runs write nothing; the plan hides what secrets hold', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login', namespace: 'default' },
      stringData: { password: 'not-to-be-shown' },
    };
    const text = stream([...volumeOf('planned'), secret]);
    const before = await targetState();
    const client = await restoreText(text, '--dry-run=client');
    expect(client).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/pv\/pv-planned would be created: reserved for claim default\/planned\n/),
    });
    const document = await restoreText(text, '--dry-run=client', '-o', 'json');
    expect(document.stdout).not.toContain('not-to-be-shown');
    expect(JSON.parse(document.stdout)).toMatchObject({
      kind: 'RestorePlan',
      target: 'cluster-2',
      steps: [
        { action: 'create', object: { kind: 'Secret', name: 'login' } },
        { action: 'create', object: { kind: 'PersistentVolume', name: 'pv-planned' } },
        {
          action: 'create',
          object: { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'planned' },
        },
      ],
      conflicts: [],
    });
    const server = await restoreText(text, '--dry-run=server');
    expect(server).toMatchObject({ code: 0, stdout: expect.stringContaining('(server dry run)') });
    expect(await targetState()).toBe(before);
  });

  test('some claims can be chosen, by name and by label', async () => {
    const text = stream([
      ...volumeOf('chosen-a', { labels: { app: 'a' } }),
      ...volumeOf('chosen-b', { labels: { app: 'b' } }),
      ...volumeOf('chosen-c', { labels: { app: 'c' } }),
    ]);
    const byName = await restoreText(text, '--pvc', 'chosen-a', '-o', 'name');
    expect(byName).toMatchObject({ code: 0, stdout: 'persistentvolumeclaim/chosen-a\n' });
    const byLabel = await restoreText(text, '-l', 'app in (b)', '-o', 'name');
    expect(byLabel).toMatchObject({ code: 0, stdout: 'persistentvolumeclaim/chosen-b\n' });
    expect(await restoreText(text, '--pvc', 'nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the source has no claim nobody'),
    });
  });

  test('what is not bound in time is said to go on, and a second run ends it', async () => {
    const text = stream(volumeOf('slow'));
    const first = await restoreText(text, '--timeout=1ms');
    expect(first).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/pvc\/slow in default: not bound in time.*run it again: it goes on/),
    });
    expect((await restoreText(text)).code).toBe(0);
  });

  test('workloads come at zero, with the count that they had', async () => {
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web' }] },
    };
    const meta = (name: string) => ({ name, namespace: 'default' });
    const selector = { matchLabels: { app: 'web' } };
    const workloads = [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: meta('web'),
        spec: { replicas: 3, selector, template },
      },
      { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: meta('agent'), spec: { selector, template } },
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: meta('nightly'),
        spec: {
          schedule: '0 3 * * *',
          jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
        },
      },
    ];
    const text = stream([...volumeOf('worked'), ...workloads]);
    expect((await restoreText(text)).stderr).toContain('workloads are restored with --with-workloads');
    expect((await restoreText(text, '--with-workloads')).code).toBe(0);
    expect(await at.read('cluster-2', 'deployment', 'web')).toMatchObject({
      metadata: { annotations: { 'kubectl-dr.dev/replicas': '3' } },
      spec: { replicas: 0 },
    });
    expect((await at.read('cluster-2', 'cronjob', 'nightly')).spec.suspend).toBe(true);
    expect((await at.read('cluster-2', 'daemonset', 'agent')).spec.template.spec.nodeSelector).toEqual({
      'kubectl-dr.dev/parked': 'true',
    });
  });

  test('a backup of one site brings the whole application to the other, at rest', async () => {
    const app = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings', namespace: 'shop' },
        data: { a: 'b' },
      },
      unbound(volumeOf('orders', { namespace: 'shop' })[1]),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'orders', namespace: 'shop' },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'orders' } },
          template: {
            metadata: { labels: { app: 'orders' } },
            spec: {
              containers: [
                { name: 'orders', image: 'orders', envFrom: [{ configMapRef: { name: 'settings' } }] },
              ],
              volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'orders' } }],
            },
          },
        },
      },
    ];
    await at.succeed('cluster-1', ['create', '-f', '-'], stream(app));
    await at.succeed('cluster-1', [
      '-n',
      'shop',
      'wait',
      '--for=jsonpath={.status.phase}=Bound',
      'pvc/orders',
      '--timeout=30s',
    ]);
    const store = join(directory, 'backups');
    const backup = [
      'backup',
      'orders',
      '-n',
      'shop',
      '--context=cluster-1',
      '--include-workloads',
      '-d',
      store,
    ];
    expect(await sandbox.dr(...backup)).toMatchObject({ code: 0 });

    expect(await restore(store, '--with-workloads')).toMatchObject({ code: 0 });

    const { spec } = await at.read('cluster-1', '-n', 'shop', 'pvc', 'orders');
    expect(await at.read('cluster-2', '-n', 'shop', 'pvc', 'orders')).toMatchObject({
      spec: { volumeName: spec.volumeName },
      status: { phase: 'Bound' },
      metadata: { annotations: { 'kubectl-dr.dev/restored-from': 'cluster-1' } },
    });
    expect(await at.read('cluster-2', '-n', 'shop', 'deployment', 'orders')).toMatchObject({
      metadata: { annotations: { 'kubectl-dr.dev/replicas': '2' } },
      spec: { replicas: 0 },
    });
    expect((await at.read('cluster-2', '-n', 'shop', 'configmap', 'settings')).data).toEqual({ a: 'b' });
  });

  test('with --existing=update what is there gets the labels and the larger request of the source', async () => {
    await restoreText(stream(volumeOf('grown', { size: '500Mi' })));
    const text = stream(volumeOf('grown', { labels: { tier: 'gold' } }));
    expect((await restoreText(text)).stdout).toContain('pvc/grown');
    expect((await at.read('cluster-2', 'pvc', 'grown')).spec.resources.requests.storage).toBe('500Mi');
    expect((await restoreText(text, '--existing=update')).code).toBe(0);
    expect(await at.read('cluster-2', 'pvc', 'grown')).toMatchObject({
      metadata: { labels: { tier: 'gold' } },
      spec: { resources: { requests: { storage: '1Gi' } } },
    });
  });

  test('a PV that was left open is reserved before its claim is made', async () => {
    const [pv, pvc] = volumeOf('left-open', { storageClassName: 'by-hand' });
    const { claimRef: _, ...open } = pv['spec'] as { claimRef?: object };
    const volume = {
      ...pv,
      spec: { ...open, persistentVolumeReclaimPolicy: 'Delete', storageClassName: 'by-hand-2' },
    };
    await at.succeed('cluster-2', ['create', '-f', '-'], stringify(volume));
    const claim = { ...pvc, spec: { ...(pvc['spec'] as object), storageClassName: 'by-hand-2' } };
    const storageClass = waitingClass.replace('by-hand', 'by-hand-2');
    const source = `${stream([volume, claim])}---\n${storageClass}`;
    expect((await restoreText(source, '--dry-run=client')).stdout).toContain(
      'would be updated: reserved for claim default/left-open, reclaim policy Retain',
    );
    expect((await restoreText(source)).code).toBe(0);
    expect((await at.read('cluster-2', 'pv', 'pv-left-open')).spec).toMatchObject({
      claimRef: { name: 'left-open' },
      persistentVolumeReclaimPolicy: 'Retain',
    });
  });

  test.skipIf(flags.includes('--embedded'))(
    'a quota that is too small is found before the first write',
    async () => {
      await at.succeed('cluster-2', ['create', 'ns', 'tight']);
      await at.succeed('cluster-2', [
        '-n',
        'tight',
        'create',
        'quota',
        'small',
        '--hard=persistentvolumeclaims=1',
      ]);
      const before = await targetState();
      const objects = ['a', 'b'].flatMap((name) => volumeOf(`tight-${name}`, { namespace: 'tight' }));
      expect(await restoreText(stream(objects))).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /resourcequota\/small in tight: persistentvolumeclaims is limited to 1/,
        ),
      });
      expect(await targetState()).toBe(before);
    },
  );

  test('two people who restore the same source at the same time both see it bound', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `both-${index}`);
    const text = stream(names.flatMap((name) => volumeOf(name)));
    const ended = await Promise.all([restoreText(text), restoreText(text)]);
    for (const one of ended)
      expect(one).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') });
    for (const name of names)
      expect((await at.read('cluster-2', 'pvc', name)).spec.volumeName).toBe(`pv-${name}`);
  });

  test('a site that is down is an error of one line', async () => {
    await sandbox.dr('sandbox', 'fail', 'cluster-2');
    try {
      const ended = await restoreText(stream(volumeOf('dark')));
      expect(ended).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^error: cluster-2: [^\n]+\n$/),
      });
    } finally {
      await sandbox.dr('sandbox', 'heal', 'cluster-2');
    }
  });
});
