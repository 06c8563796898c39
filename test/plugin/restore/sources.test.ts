import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatStreamHeader, streamEnd } from '../../../core/backup/stream-header.ts';
import type { SourceObject } from '../../../core/restore/sort-objects.ts';
import { parseRestoreFlags } from '../../../plugin/restore/parse-restore-flags.ts';
import { planDocument } from '../../../plugin/restore/print-plan.ts';
import { readChosen } from '../../../plugin/restore/read-chosen.ts';
import { readSources } from '../../../plugin/restore/read-sources.ts';
import type { RestoreFlags } from '../../../plugin/restore/restore-flags.ts';
import { sortSources } from '../../../plugin/restore/sort-sources.ts';
import { pv, pvc } from '../../core/restore/objects.ts';
import { writtenBackup } from '../backup/written-backup.ts';
import { memoryIo } from '../memory-io.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kubectl-dr-sources-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

const read = (words: string[], input?: string) =>
  readSources(words, { io: memoryIo(input === undefined ? {} : { input }), whyNot: () => undefined });

const names = (objects: readonly SourceObject[]) => objects.map(({ object }) => object.metadata.name);

describe('sources', () => {
  test('are files in the order in which they are named, and standard input', async () => {
    const second = file('second.json', JSON.stringify(pvc()));
    const { objects } = await read(['-', second], JSON.stringify(pv()));
    expect(names(objects)).toEqual(['pv-db', 'db']);
    expect(objects[0]?.origin).toBe('standard input');
  });

  const stream = [
    formatStreamHeader({
      createdAt: '2026-11-20T12:00:00Z',
      createdBy: 'kubectl dr 1.2.3',
      source: { site: 'cluster-1', clusterUid: 'uid-of-cluster-1', kubernetesVersion: 'v1.36.0' },
      volumes: [],
      missing: [{ kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'web', why: 'it is not bound' }],
    }),
    `---\n${JSON.stringify(pv())}`,
    `---\n${JSON.stringify(pvc())}`,
    `${streamEnd}\n`,
  ].join('\n');

  test('may be a backup that was taken as a stream: its first line tells of which site, and what is known', async () => {
    const { objects, index, remarks } = await read(['-'], stream);
    expect(names(objects)).toEqual(['pv-db', 'db']);
    expect(index?.source.clusterUid).toBe('uid-of-cluster-1');
    expect(remarks).toEqual(['the backup lacks PersistentVolumeClaim shop/web: it is not bound']);
  });

  test('are no stream that was cut off, wherever that was', async () => {
    const header = stream.indexOf('\n');
    for (const length of [header + 1, stream.indexOf('---', header + 5), stream.length - 2]) {
      await expect(read(['-'], stream.slice(0, length))).rejects.toMatchObject({
        code: 'BackupCutOff',
        message: 'standard input is the beginning of a backup: its last line is not there',
      });
    }
    expect(names((await read(['-'], `${stream}\r\n\n`)).objects)).toEqual(['pv-db', 'db']);
  });

  test('are the manifests of a directory, but not of those below it', async () => {
    const manifests = join(directory, 'manifests');
    mkdirSync(join(manifests, 'below'), { recursive: true });
    writeFileSync(join(manifests, 'b.json'), JSON.stringify(pvc()));
    writeFileSync(join(manifests, 'a.yaml'), JSON.stringify(pv()));
    writeFileSync(join(manifests, 'readme.md'), '#');
    writeFileSync(join(manifests, 'below', 'c.yaml'), JSON.stringify(pvc('web')));
    expect(names((await read([manifests])).objects)).toEqual(['pv-db', 'db']);
  });

  test('may be links, as people have them in repositories', async () => {
    const link = join(directory, 'link.yaml');
    symlinkSync(file('linked.yaml', JSON.stringify(pv())), link);
    expect(names((await read([link])).objects)).toEqual(['pv-db']);
  });

  test('may be pipes, also named ones', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reading = read([pipe]);
    execFile('sh', ['-c', 'cat > "$0"', pipe]).stdin?.end(JSON.stringify(pv()));
    expect(names((await reading).objects)).toEqual(['pv-db']);
  });

  test('may be a store, and a backup of it that was passed over is told before anything can fail', async () => {
    const store = join(directory, 'store');
    const only = await writtenBackup(store, { createdAt: '2026-11-01T00:00:00Z', claim: 'web' });
    await writtenBackup(store, { createdAt: '2026-11-03T00:00:00Z' });
    writeFileSync(join(only, 'INDEX'), '');
    const io = memoryIo();
    const selection = { namespace: 'shop', claims: ['web'], labels: undefined };
    const choosing = readChosen(
      [store],
      { selection, withWorkloads: false },
      { io, whyNot: () => undefined },
    );
    await expect(choosing).rejects.toMatchObject({ code: 'ClaimNotInSource' });
    expect(io.err()).toMatch(
      /^backup .*20261101T000000Z\S* was passed over: .*INDEX cannot be understood.*\n$/,
    );
  });

  test('that nobody writes to are waited for until Ctrl-C', async () => {
    const pipe = join(directory, 'silent-pipe');
    execFileSync('mkfifo', [pipe]);
    const io = memoryIo();
    const reading = readSources([pipe], { io, whyNot: () => undefined });
    io.interrupt();
    await expect(reading).rejects.toThrow();
  });

  test('of which one is not there are an error that names it', async () => {
    await expect(read([join(directory, 'missing.yaml')])).rejects.toThrow(
      /missing.yaml cannot be read: no such file/,
    );
  });
});

describe('what was read', () => {
  const sort = (...objects: object[]) =>
    sortSources(
      objects.map((object) => ({ object, origin: 'dump.yaml' }) as SourceObject),
      { withWorkloads: false },
    );

  test.each<[string, object[], RegExp]>([
    [
      'an object of an unknown kind is refused by name',
      [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } }],
      /dump.yaml: Node n1 \(v1\) is of a kind that restore does not know/,
    ],
    [
      'a known kind of an unknown version is refused',
      [{ apiVersion: 'apps/v1beta1', kind: 'Deployment', metadata: { name: 'w', namespace: 'shop' } }],
      /Deployment shop\/w \(apps\/v1beta1\)/,
    ],
    [
      'a claim without a namespace is refused',
      [{ ...pvc(), metadata: { name: 'db' } }],
      /PersistentVolumeClaim db names no namespace/,
    ],
    ['a claim without a spec is refused', [{ ...pvc(), spec: undefined }], /shop\/db: spec is missing/],
    ['a list where text belongs is refused', [pvc('db', { volumeName: [] })], /spec.volumeName must be text/],
    [
      'numbers where texts belong are refused',
      [pv('db', { accessModes: [1] })],
      /spec.accessModes must be texts/,
    ],
    [
      'a replication of nothing is refused',
      [
        {
          apiVersion: 'replication.storage.openshift.io/v1alpha1',
          kind: 'VolumeReplication',
          metadata: { name: 'r', namespace: 'shop' },
          spec: { volumeReplicationClass: 'c' },
        },
      ],
      /spec.dataSource is missing/,
    ],
    [
      'a name that would colour a terminal is refused',
      [{ ...pvc(), metadata: { namespace: 'shop', name: '\u001b[31mdb' } }],
      /metadata.name is no name that a server takes$/,
    ],
    [
      'an object that is there twice and differs is refused',
      [pvc(), pvc('db', { volumeName: 'x' })],
      /is there twice and differs/,
    ],
  ])('%s', (_, objects, said) => {
    expect(() => sort(...objects)).toThrow(said);
  });

  test('an object that two dumps hold is taken once', () => {
    const again = pvc('db', {}, { resourceVersion: '2' });
    expect(sort(pvc('db', {}, { resourceVersion: '1' }), again).claims).toHaveLength(1);
  });

  test('null is as good as nothing', () => {
    const claim = {
      ...pvc('db', { selector: null }),
      metadata: { namespace: 'shop', name: 'db', labels: null },
    };
    const volume = pv('db', { claimRef: null });
    const { claims, volumes } = sort(claim, volume);
    expect(claims[0]?.metadata).not.toHaveProperty('labels');
    expect(volumes[0]?.spec).not.toHaveProperty('claimRef');
  });

  test('a job that has ended is left out: it would run once more', () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'shop' } };
    const ended = { ...job, status: { conditions: [{ type: 'Complete', status: 'True' }] } };
    const { leftOut } = sortSources([{ object: ended, origin: 'dump.yaml' }], { withWorkloads: true });
    expect(leftOut.map(({ why }) => why)).toEqual(['it has ended']);
  });

  test('what each cluster makes for itself is left out', () => {
    const { leftOut } = sort(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace: 'shop' } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 't', namespace: 'shop' },
      },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' } },
    );
    expect(leftOut.map(({ object }) => object.kind)).toEqual([
      'ConfigMap',
      'ServiceAccount',
      'Secret',
      'Pod',
    ]);
  });
});

describe('flags', () => {
  const flags = (changes: Partial<RestoreFlags>): RestoreFlags => ({
    source: [],
    existing: 'verify',
    'claim-ref': 'reserve',
    'dry-run': 'none',
    timeout: '5m',
    parallel: '16',
    'request-timeout': '10s',
    color: 'auto',
    v: 0,
    ...changes,
  });

  test.each<[Partial<RestoreFlags>, RegExp]>([
    [{ 'map-namespace': ['a'] }, /invalid value "a" for --map-namespace/],
    [{ 'map-namespace': ['a=b=c'] }, /invalid value "a=b=c"/],
    [{ 'map-namespace': ['a=B'] }, /invalid value "a=B"/],
    [{ 'map-storage-class': ['a=b', 'a=c'] }, /--map-storage-class maps "a" twice/],
    [{ selector: 'a in b' }, /invalid selector "a in b"/],
    [{ selector: 'a', pvc: ['b'] }, /--pvc cannot be used together with -l/],
    [{ pvc: ['shop/db'] }, /"shop\/db" is no name of a claim/],
    [{ timeout: '5' }, /invalid value "5" for --timeout/],
    [{ timeout: '0s' }, /invalid value "0s" for --timeout/],
    [{ parallel: '0' }, /invalid value "0" for --parallel/],
    [{ parallel: 'many' }, /invalid value "many"/],
  ])('%j are a usage error', (changes, said) => {
    expect(() => parseRestoreFlags(flags(changes))).toThrow(said);
  });

  test('are understood', () => {
    expect(
      parseRestoreFlags(flags({ pvc: ['pvc/db'], timeout: '90s', 'map-namespace': ['shop=drill', 'a=b'] })),
    ).toMatchObject({
      selection: { claims: ['db'], namespace: undefined },
      timeoutMs: 90_000,
      maps: {
        namespaces: new Map([
          ['shop', 'drill'],
          ['a', 'b'],
        ]),
      },
    });
  });
});

test('a plan shows the keys of a secret, and not what it holds', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'shop' },
    data: { password: 'c2VjcmV0' },
    stringData: { other: 'secret' },
  };
  const resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };
  const step = { action: 'create' as const, resource, object: secret, why: '' };
  const plan = { conflicts: [], warnings: [], shared: [], configuration: [step], volumes: [], workloads: [] };
  const document = planDocument(plan, { target: 'cluster-2', source: null, leftOut: [] });
  expect(document.steps[0]?.manifest).toMatchObject({
    data: { password: '<hidden>' },
    stringData: { other: '<hidden>' },
  });
  expect(JSON.stringify(document)).not.toMatch(/c2VjcmV0|"secret"/);
});
