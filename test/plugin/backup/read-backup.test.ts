import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cleanObject } from '../../../core/backup/clean-object.ts';
import { readBackup } from '../../../plugin/backup/read-backup.ts';
import { temporaryDirectories } from './temporary-directory.ts';
import { rawObjects, writtenBackup } from './written-backup.ts';

const temporaryDirectory = temporaryDirectories();
const { signal } = new AbortController();
const read = (directory: string) => readBackup(directory, { signal });

const claimPath = '50-persistentvolumeclaims/shop/db.yaml';

describe('a backup as it was written', () => {
  test('gives back its objects, cleaned, in the order in which they can be created', async () => {
    const directory = await writtenBackup(temporaryDirectory());
    const backup = await read(directory);
    expect(backup.objects).toEqual(rawObjects.map(cleanObject));
    expect(backup.index.files.map(({ path }) => path)).toEqual([
      '10-namespaces/shop.yaml',
      '40-persistentvolumes/pv-db.yaml',
      claimPath,
      'originals.jsonl',
    ]);
    expect(backup).toMatchObject({ directory, passedOver: [] });
  });

  test('keeps every object raw, a line each', async () => {
    const directory = await writtenBackup(temporaryDirectory());
    const lines = readFileSync(join(directory, 'originals.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rawObjects);
  });

  test('is read from a copy, through a link to the directory, or with objects missing', async () => {
    const store = temporaryDirectory();
    const missing = [{ kind: 'StorageClass', namespace: null, name: 'rbd', why: 'it does not exist' }];
    const directory = await writtenBackup(store, { missing });
    cpSync(directory, join(store, 'copy'), { recursive: true });
    symlinkSync(directory, join(store, 'link'));
    expect((await read(join(store, 'copy'))).index.missing).toEqual(missing);
    expect((await read(join(store, 'link'))).objects).toHaveLength(3);
  });
});

test('a backup of an object with one text of 3 MiB is read as well', async () => {
  const data = { large: 'x'.repeat(3 * 2 ** 20) };
  const large = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'a' }, data };
  const directory = await writtenBackup(temporaryDirectory(), {}, [large]);
  expect((await read(directory)).objects).toEqual([large]);
});

test('a backup of many objects is read as well, whose index has the form of JSON', async () => {
  const many = Array.from({ length: 2_000 }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: `n${index}` },
  }));
  const directory = await writtenBackup(temporaryDirectory(), {}, many);
  expect((await read(directory)).objects).toEqual(many);
  expect(JSON.parse(readFileSync(join(directory, 'INDEX'), 'utf8')).files).toHaveLength(2_001);
});

describe('a backup that somebody changed', () => {
  type Change = (directory: string) => void;
  const editIndex =
    (from: string | RegExp, to: string): Change =>
    (directory) => {
      const path = join(directory, 'INDEX');
      writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
    };
  const changes: [string, Change, string, RegExp][] = [
    [
      'one byte of a file',
      (directory) => {
        const path = join(directory, claimPath);
        writeFileSync(path, readFileSync(path, 'utf8').replace('pv-db', 'pv-dc'));
      },
      'BackupBroken',
      /db\.yaml: it is not what was written: its digest differs$/,
    ],
    ['a file cut off', (directory) => truncateSync(join(directory, claimPath), 5), 'BackupBroken', /digest/],
    [
      'originals cut off',
      (directory) => truncateSync(join(directory, 'originals.jsonl'), 5),
      'BackupBroken',
      /originals\.jsonl: .*digest/,
    ],
    [
      'a file taken away',
      (directory) => rmSync(join(directory, claimPath)),
      'BackupBroken',
      /db\.yaml: it cannot be read: no such file/,
    ],
    [
      'a file put in',
      (directory) => writeFileSync(join(directory, '10-namespaces', 'evil.yaml'), 'kind: Secret\n'),
      'BackupForeign',
      /10-namespaces\/evil\.yaml: it is not in INDEX$/,
    ],
    [
      'a hidden file put in',
      (directory) => writeFileSync(join(directory, '.x'), ''),
      'BackupForeign',
      /\.x: it is not in INDEX$/,
    ],
    [
      'a file made a link to one of the same bytes elsewhere',
      (directory) => {
        renameSync(join(directory, claimPath), join(directory, '..', 'outside.yaml'));
        symlinkSync('../../../outside.yaml', join(directory, claimPath));
      },
      'BackupForeign',
      /db\.yaml: it is no regular file$/,
    ],
    [
      'a folder made a link to one elsewhere',
      (directory) => {
        renameSync(join(directory, '10-namespaces'), join(directory, '..', 'elsewhere'));
        symlinkSync('../elsewhere', join(directory, '10-namespaces'));
      },
      'BackupForeign',
      /10-namespaces: it is no regular file/,
    ],
    [
      'a path that leads out',
      editIndex('10-namespaces/shop.yaml', '../../shop.yaml'),
      'BackupBroken',
      /INDEX cannot be understood: the path of files\[0\] cannot be followed/,
    ],
    [
      'another object under the name of one',
      editIndex(/name: shop\n/, 'name: shopping\n'),
      'BackupBroken',
      /shop\.yaml: it does not hold Namespace shopping alone$/,
    ],
    [
      'an index of a later version',
      editIndex('v1alpha1', 'v3'),
      'BackupVersionUnknown',
      /INDEX is of version backup\.kubectl-dr\.dev\/v3; this is backup\.kubectl-dr\.dev\/v1alpha1$/,
    ],
    ['an index with an alias', editIndex('missing: []', 'missing: &a [*a]'), 'BackupBroken', /INDEX:\d+: /],
    ['an index cut off', editIndex(/volumes:.*/s, ''), 'BackupBroken', /it has no list "volumes"$/],
    ['an empty index', editIndex(/.*/s, ''), 'BackupBroken', /INDEX cannot be understood/],
    [
      'an index that says it is huge',
      editIndex(/bytes: \d+/, 'bytes: 99999999999'),
      'BackupTooLarge',
      /has \d+ bytes$/,
    ],
  ];

  test.each(changes)('%s', async (_, change, code, message) => {
    const directory = await writtenBackup(temporaryDirectory());
    change(directory);
    const failure = await read(directory).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).not.toContain('\n');
  });

  test('a file that is larger than any we write is not read', async () => {
    const directory = await writtenBackup(temporaryDirectory());
    truncateSync(join(directory, claimPath), 33 * 2 ** 20);
    await expect(read(directory)).rejects.toMatchObject({
      code: 'BackupTooLarge',
      message: expect.stringMatching(/db\.yaml: it is too large$/),
    });
  });

  test('several problems are counted', async () => {
    const directory = await writtenBackup(temporaryDirectory());
    rmSync(join(directory, claimPath));
    appendFileSync(join(directory, 'originals.jsonl'), '\n');
    await expect(read(directory)).rejects.toThrow(/\(and 1 more\)$/);
  });
});

describe('a store', () => {
  test('gives its newest backup that is whole and complete, and says what it passed over', async () => {
    const store = temporaryDirectory();
    const old = await writtenBackup(store, { createdAt: '2026-11-01T00:00:00Z' });
    const whole = await writtenBackup(store, { createdAt: '2026-11-02T00:00:00Z' });
    const partial = await writtenBackup(store, {
      createdAt: '2026-11-03T00:00:00Z',
      missing: [{ kind: 'StorageClass', namespace: null, name: 'rbd', why: 'it does not exist' }],
    });
    const broken = await writtenBackup(store, { createdAt: '2026-11-04T00:00:00Z' });
    truncateSync(join(broken, 'INDEX'), 20);
    mkdirSync(join(store, '20261201T000000Z-no-backup'));
    mkdirSync(join(store, '.partial-x'));
    const backup = await read(store);
    expect(backup.directory).toBe(whole);
    expect(backup.passedOver.map(({ directory }) => directory)).toEqual([broken, partial]);
    const ofOctober = (at: string) => (at < '2026-11-02' ? undefined : 'it is too new');
    const picked = await readBackup(store, { signal, whyNot: ({ createdAt }) => ofOctober(createdAt) });
    expect(picked.directory).toBe(old);
    expect(picked.passedOver.at(-1)).toMatchObject({ directory: whole, why: 'it is too new' });
  });

  test('gives what only older backups have from the newest of them', async () => {
    const store = temporaryDirectory();
    const first = await writtenBackup(store, { createdAt: '2026-11-01T00:00:00Z', claim: 'web' });
    const again = await writtenBackup(store, { createdAt: '2026-11-02T00:00:00Z', claim: 'web' });
    const newest = await writtenBackup(store, { createdAt: '2026-11-03T00:00:00Z' });
    const { directory, older } = await read(store);
    expect([directory, older.map((part) => part.directory)]).toEqual([newest, [again]]);
    expect(older[0]?.claims).toEqual([{ namespace: 'shop', name: 'web' }]);
    expect(older[0]?.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Namespace shop',
      'PersistentVolume pv-web',
      'PersistentVolumeClaim web',
    ]);
    rmSync(join(again, 'originals.jsonl'));
    const worse = await read(store);
    expect(worse.older.map((part) => part.directory)).toEqual([first]);
    expect(worse.passedOver.map((one) => one.directory)).toEqual([again]);
  });

  test.each<[string, (index: string) => string]>([
    ['empty', () => ''],
    ['cut off', (index) => index.slice(0, 20)],
    ['broken', () => '{"a"'],
  ])(
    'passes over an older backup whose index is %s, and says so: it may hold what no newer one has',
    async (_, change) => {
      const store = temporaryDirectory();
      const only = await writtenBackup(store, { createdAt: '2026-11-01T00:00:00Z', claim: 'web' });
      const newest = await writtenBackup(store, { createdAt: '2026-11-03T00:00:00Z' });
      const path = join(only, 'INDEX');
      writeFileSync(path, change(readFileSync(path, 'utf8')));
      const { directory, older, passedOver } = await read(store);
      expect({ directory, older }).toEqual({ directory: newest, older: [] });
      expect(passedOver).toEqual([{ directory: only, why: expect.stringContaining('INDEX') }]);
    },
  );

  test('gives nothing older of a claim that a backup of everything does not have any more', async () => {
    const store = temporaryDirectory();
    await writtenBackup(store, { createdAt: '2026-11-01T00:00:00Z', claim: 'web' });
    await writtenBackup(store, { createdAt: '2026-11-02T00:00:00Z', everythingOf: '*' });
    expect((await read(store)).older).toEqual([]);
  });

  test('says of what site its backups are where that is the only one that they are of no use for', async () => {
    const store = temporaryDirectory();
    const directory = await writtenBackup(store);
    const whyNot = () => 'it was taken of cluster-1 itself';
    await expect(readBackup(store, { signal, whyNot })).rejects.toMatchObject({
      code: 'BackupOfTarget',
      message: `${store} holds no backup for this site; of ${directory}: it was taken of cluster-1 itself`,
      hint: expect.stringContaining(`kubectl dr backup list -d ${store}`),
    });
  });

  test.each(['an empty directory', 'no directory'])('%s holds no backup', async (what) => {
    const store = join(temporaryDirectory(), what === 'no directory' ? 'nowhere' : '');
    await expect(read(store)).rejects.toMatchObject({
      code: 'BackupNotFound',
      message: expect.stringMatching(/holds no backup$/),
    });
  });

  test('says why none of its backups will do', async () => {
    const store = temporaryDirectory();
    const directory = await writtenBackup(store);
    rmSync(join(directory, claimPath));
    await expect(read(store)).rejects.toMatchObject({
      code: 'BackupNotFound',
      message: expect.stringMatching(
        /holds no whole backup; of .*: it cannot be read: no such file or directory$/,
      ),
    });
  });

  test('reading ends when it is interrupted', async () => {
    const store = temporaryDirectory();
    await writtenBackup(store);
    const interruption = AbortSignal.abort();
    await expect(readBackup(store, { signal: interruption })).rejects.toBe(interruption.reason);
  });
});
