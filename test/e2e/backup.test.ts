import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { parseManifests } from '../../plugin/backup/parse-manifests.ts';
import { claim, guardedVolumes } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import { type Clusters, openClusters, replicate } from './protected-volume.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

/** Texts that one reader of YAML or another takes for something else. */
const strangeTexts = [
  ...[
    'yes',
    'No',
    'on',
    'y',
    'N',
    'null',
    '~',
    '',
    ' ',
    'true',
    '0644',
    '0o17',
    '0x1F',
    '1_000',
    '1e3',
    '.5',
  ],
  ...[
    '12:30:45',
    '1:2',
    '2026-11-25',
    '<<',
    '=',
    '-',
    '---',
    '...',
    '&a',
    '*a',
    '!x',
    '%x',
    '@x',
    '`x',
    '#x',
  ],
  ...[
    'a: b',
    'a #b',
    '[a]',
    '{a}',
    "it's",
    '"a"',
    'a\nb',
    'a\nb\n',
    '\n',
    ' a',
    'a ',
    '\ta',
    'a\r\nb',
    'é😀',
  ],
  ...['\u0085', '\u2028', '\u0007', 'x'.repeat(300), `${'word '.repeat(60)}end`],
];
const strangeData = Object.fromEntries(strangeTexts.map((text, index) => [`key-${index}`, text]));

const application = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'strange' },
    data: { ...strangeData, on: 'off', '1': '2', null: 'x' },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'hidden' },
    stringData: { password: 'correct-horse' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' }, annotations: { note: 'on' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: 'nginx',
              envFrom: [{ configMapRef: { name: 'strange' } }, { secretRef: { name: 'hidden' } }],
            },
          ],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'rbd-pvc' } }],
        },
      },
    },
  },
];

const allFiles = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe.each(serverFlavours)('kubectl dr backup with $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let clusters: Clusters;
  const backup = (...words: string[]) => sandbox.dr('backup', ...words);
  const store = (name: string) => join(sandbox.home, 'stores', name);
  const taken = async (...words: string[]): Promise<string> => {
    const ended = await backup(...words);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    return ended.stdout.trimEnd();
  };

  beforeAll(async () => {
    sandbox = await startSandbox('--with-example', '--clock-factor=60', ...flags);
    clusters = openClusters(sandbox);
  });
  afterAll(async () => {
    clusters?.close();
    await sandbox?.end();
  });
  mendAfterFailures(() => sandbox);

  test('leaves nothing behind where nothing is protected', async () => {
    expect(await backup('-d', store('none'))).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error: cluster-1: there is no protected claim in namespace default, so there is no backup; name the claims, protected or not\n',
    });
    expect(() => readdirSync(store('none'))).toThrow('ENOENT');
  });

  test('prints the path of the backup, which is whole and which its owner alone may read', async () => {
    await replicate(clusters.first, 'primary');
    await sandbox.until(
      () => sandbox.dr('status', '-o', 'jsonpath={.items[0].verdict} {.items[0].lastSyncTime}'),
      ({ stdout }) => /^Protected \d/.test(stdout),
    );
    const ended = await backup('-d', store('first'), '-v=1');
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toMatch(
      /^cluster-1: \d+ API requests\nBacked up 1 volume of cluster-1, 6 objects\.\n$/,
    );
    const directory = ended.stdout.trimEnd();
    expect(directory).toMatch(/stores\/first\/\d{8}T\d{6}Z-cluster-1$/);
    expect(allFiles(directory).every((path) => (statSync(path).mode & 0o077) === 0)).toBe(true);
    expect(await backup('verify', directory)).toEqual({
      code: 0,
      stdout: `${directory} is whole: 1 volume of cluster-1\n`,
      stderr: '',
    });
    const { items } = JSON.parse((await backup('list', '-d', store('first'), '-o', 'json')).stdout);
    expect(items).toEqual([
      expect.objectContaining({
        directory,
        site: 'cluster-1',
        volumes: 1,
        state: 'whole',
        oldestSyncTime: expect.stringMatching(/Z$/),
      }),
    ]);
  });

  test('knows the cluster that it was taken from, and what both sites share of a volume', async () => {
    const directory = await taken('vr/pvc-volumereplication', '-d', store('index'));
    const index = parse(readFileSync(join(directory, 'INDEX'), 'utf8'));
    const system = await clusters.first.get(
      { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false },
      { name: 'kube-system' },
    );
    expect(index.source).toEqual({
      site: 'cluster-1',
      clusterUid: system.metadata.uid,
      kubernetesVersion: expect.stringMatching(/^v1\./),
    });
    expect(index.volumes).toEqual([
      expect.objectContaining({
        namespace: 'default',
        persistentVolumeClaim: 'rbd-pvc',
        driver: 'rbd.csi.ceph.com',
        replication: {
          kind: 'VolumeReplication',
          name: 'pvc-volumereplication',
          class: 'rbd-volumereplicationclass',
          state: 'Primary',
        },
      }),
    ]);
  });

  test('takes what is there, and exits with 6 where a name is not or is not bound', async () => {
    await clusters.first.create(
      {
        group: '',
        version: 'v1',
        plural: 'persistentvolumeclaims',
        kind: 'PersistentVolumeClaim',
        namespaced: true,
      },
      parse(claim('unbound', { storageClassName: 'no-such-class' })),
    );
    const ended = await backup('rbd-pvc', 'nope', 'unbound', '-d', store('partial'));
    expect(ended.code).toBe(6);
    expect(ended.stderr).toContain('/nope in default: it does not exist\n');
    expect(ended.stderr).toContain(
      '/unbound in default: it is not bound to a volume: its phase is Pending\n',
    );
    expect((await backup('list', '-d', store('partial'))).stdout).toMatch(/ partial\n$/);
    expect(await backup('nope', '-d', store('nothing'))).toMatchObject({ code: 1, stdout: '' });
    expect(() => readdirSync(store('nothing'))).toThrow('ENOENT');
  });

  test('a changed byte is found, and so is a foreign file', async () => {
    const directory = await taken('-d', store('changed'));
    const path = join(directory, '50-persistentvolumeclaims/default/rbd-pvc.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('1Gi', '2Gi'));
    writeFileSync(join(directory, '70-evil.yaml'), 'kind: Pod\n');
    const ended = await backup('verify', directory);
    expect(ended.code).toBe(3);
    expect(ended.stdout.split('\n').map((line) => line.split(':')[0])).toEqual([
      '70-evil.yaml',
      '50-persistentvolumeclaims/default/rbd-pvc.yaml',
      '',
    ]);
    expect((await backup('list', '-d', store('changed'))).stdout).toMatch(/ broken\n$/);
  });

  test('says in one line why it cannot write', async () => {
    writeFileSync(join(sandbox.home, 'a-file'), '');
    const ended = await backup('-d', join(sandbox.home, 'a-file', 'below'));
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /^error: no backup was written to .*: not a directory; give another directory with -d\n$/,
    );
  });

  test('needs no peer, and fails within --request-timeout where its own site hangs', async () => {
    await sandbox.dr('sandbox', 'fail', 'cluster-2', '--hang');
    await taken('-d', store('alone'), '--request-timeout=5s');
    await sandbox.dr('sandbox', 'heal', 'cluster-2');
    await sandbox.dr('sandbox', 'fail', 'cluster-1', '--hang');
    const ended = await backup('-d', store('dark'), '--request-timeout=1s');
    await sandbox.dr('sandbox', 'heal', 'cluster-1');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^error: cluster-1: no answer from [^\n]*\n$/);
    expect(() => readdirSync(store('dark'))).toThrow('ENOENT');
  });

  describe.runIf(haveKubectl)('with workloads, read by kubectl', () => {
    let plain: string;
    let full: string;
    const volumes = () => guardedVolumes(sandbox);

    const asKubectlReads = async (directory: string): Promise<KubernetesObject[]> => {
      const { stdout } = await volumes().succeed('cluster-1', [
        ...['create', '--dry-run=client', '--validate=false', '-o', 'json', '-R', '-f', directory],
      ]);
      // One document after the other.
      return parseManifests(stdout, 'kubectl');
    };

    test('it takes the workload that mounts the claim, and what that needs to start', async () => {
      const list = { apiVersion: 'v1', kind: 'List', items: application };
      await volumes().succeed('cluster-1', ['apply', '-f', '-'], JSON.stringify(list));
      plain = await taken('-d', store('plain'), '--include-workloads');
      full = await taken('-d', store('full'), '--include-workloads', '--include-secrets');
      const added = ['60-configmaps', '60-services', '80-workloads'];
      expect(readdirSync(plain)).toEqual(expect.arrayContaining(added));
      expect(readdirSync(full)).toEqual(expect.arrayContaining([...added, '60-secrets']));
    });

    test('kubectl reads every file, in the order in which the objects are needed', async () => {
      expect((await asKubectlReads(full)).map(({ kind }) => kind)).toEqual([
        ...[
          'Namespace',
          'StorageClass',
          'VolumeReplicationClass',
          'PersistentVolume',
          'PersistentVolumeClaim',
        ],
        ...['ConfigMap', 'Secret', 'Service', 'VolumeReplication', 'Deployment'],
      ]);
    });

    test('and reads every text as it was, whatever YAML might make of it', async () => {
      const config = (await asKubectlReads(full)).find(({ kind }) => kind === 'ConfigMap');
      expect(config?.['data']).toEqual({ ...strangeData, on: 'off', '1': '2', null: 'x' });
    });

    test('secrets are in it only where they were asked for, and named where they are not', async () => {
      const ended = await backup('-d', store('told'), '--include-workloads');
      expect(ended.stderr).toContain(
        'Warning: cluster-1: secrets of default are not in the backup: hidden; take them along with --include-secrets\n',
      );
      const holds = (directory: string) =>
        allFiles(directory).some((path) => {
          const text = readFileSync(path, 'utf8');
          return text.includes('correct-horse') || text.includes(btoa('correct-horse'));
        });
      expect(holds(plain)).toBe(false);
      expect(holds(full)).toBe(true);
    });

    test('a stream of it is taken by kubectl as well', async () => {
      const { stdout } = await backup('-d', '-');
      const { stdout: names } = await volumes().succeed(
        'cluster-2',
        ['create', '--dry-run=client', '-o', 'name', '-f', '-'],
        stdout,
      );
      expect(names.split('\n')).toContain('persistentvolumeclaim/rbd-pvc');
    });

    test('created as it is on the other site, it binds the same volume and makes no second primary', async () => {
      await sandbox.kubectl('cluster-2', ['create', '-R', '-f', plain]);
      await volumes().succeed('cluster-2', [
        'wait',
        '--for=jsonpath={.status.phase}=Bound',
        'pvc/rbd-pvc',
        '--timeout=30s',
      ]);
      const read = (site: 'cluster-1' | 'cluster-2') => volumes().read(site, 'pvc', 'rbd-pvc');
      const [there, here] = [await read('cluster-2'), await read('cluster-1')];
      expect(there.spec.volumeName).toBe(here.spec.volumeName);
      const vr = await volumes().read('cluster-2', 'vr', 'pvc-volumereplication');
      expect(vr.spec).toMatchObject({ replicationState: 'secondary', autoResync: false });
      await volumes().untilState('cluster-2', 'pvc-volumereplication', 'Secondary');
      expect((await volumes().read('cluster-1', 'vr', 'pvc-volumereplication')).status.state).toBe('Primary');
      expect((await volumes().read('cluster-2', 'pv', there.spec.volumeName)).spec.claimRef.uid).toBe(
        there.metadata.uid,
      );
    });

    test('a backup of the site that is secondary is a backup too', async () => {
      const directory = await taken('-d', store('second'), '--context=cluster-2');
      const index = parse(readFileSync(join(directory, 'INDEX'), 'utf8'));
      expect(index).toMatchObject({
        source: { site: 'cluster-2' },
        volumes: [{ persistentVolumeClaim: 'rbd-pvc', replication: { state: 'Secondary' } }],
      });
      rmSync(directory, { recursive: true });
    });
  });
});
