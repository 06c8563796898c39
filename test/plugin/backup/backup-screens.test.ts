import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../../plugin/run.ts';
import { memoryIo } from '../memory-io.ts';
import { temporaryDirectories } from './temporary-directory.ts';
import { writtenBackup } from './written-backup.ts';

const temporaryDirectory = temporaryDirectories();

const dr = async (words: readonly string[], parts: Parameters<typeof memoryIo>[0] = {}) => {
  const io = memoryIo({ now: () => Date.UTC(2026, 10, 25, 15, 0, 0), ...parts });
  return { code: await run(['backup', ...words], io), out: io.out(), err: io.err() };
};

describe('kubectl dr backup list', () => {
  test('shows the newest first, and which of them will do', async () => {
    const store = temporaryDirectory();
    await writtenBackup(store, { createdAt: '2026-11-22T14:53:07Z', lastSyncTime: null });
    const broken = await writtenBackup(store, {
      createdAt: '2026-11-23T14:53:07Z',
      lastSyncTime: '2026-11-23T14:50:00Z',
    });
    rmSync(join(broken, 'originals.jsonl'));
    const unreadable = await writtenBackup(store, { createdAt: '2026-11-24T14:53:07Z' });
    truncateSync(join(unreadable, 'INDEX'), 9);
    const missing = [{ kind: 'StorageClass', namespace: null, name: 'rbd', why: 'it does not exist' }];
    await writtenBackup(store, { missing });
    await writtenBackup(store);
    expect(await dr(['list', '-d', store])).toEqual({
      code: 0,
      err: '',
      out: [
        'NAME                           SITE        CREATED     VOLUMES     OLDEST SYNC   STATE',
        '20261125T145307Z-cluster-1-2   cluster-1   6m53s       1           60m           whole',
        '20261125T145307Z-cluster-1     cluster-1   6m53s       1           60m           partial',
        '20261124T145307Z-cluster-1     <unknown>   <unknown>   <unknown>   <unknown>     broken',
        '20261123T145307Z-cluster-1     cluster-1   2d          1           2d            broken',
        '20261122T145307Z-cluster-1     cluster-1   3d          1           <unknown>     whole',
        '',
      ].join('\n'),
    });
  });

  test('names the claims where it has room for them', async () => {
    const store = temporaryDirectory();
    await writtenBackup(store);
    const { out } = await dr(['list', '-d', store, '-o', 'wide']);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd().split(/ {2,}/).at(-1)),
    ).toEqual(['CLAIMS', 'shop/db']);
  });

  test('shows on one line whatever an index says', async () => {
    const store = temporaryDirectory();
    await writtenBackup(store, {
      source: { site: 'a\u001b[2J\nb', clusterUid: null, kubernetesVersion: null },
    });
    const { out } = await dr(['list', '-d', store]);
    expect(out.split('\n')).toHaveLength(3);
    expect(out).toContain('a [2J b');
  });

  test('prints documents for scripts', async () => {
    const store = temporaryDirectory();
    const directory = await writtenBackup(store);
    const { out } = await dr(['list', '-d', store, '-o', 'json']);
    expect(JSON.parse(out)).toEqual({
      apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
      kind: 'BackupList',
      store,
      items: [
        {
          name: '20261125T145307Z-cluster-1',
          directory,
          site: 'cluster-1',
          createdAt: '2026-11-25T14:53:07Z',
          volumes: 1,
          claims: ['shop/db'],
          oldestSyncTime: '2026-11-25T14:00:00Z',
          state: 'whole',
          message: null,
        },
      ],
    });
  });

  test('looks in the place for data of users, and says where that is', async () => {
    const home = temporaryDirectory();
    const said = { code: 0, out: '' };
    expect(await dr(['list'], { home })).toEqual({
      ...said,
      err: `No backups found in ${home}/.local/share/kubectl-dr/backups.\n`,
    });
    expect(await dr(['list'], { home, env: { XDG_DATA_HOME: '/data' } })).toEqual({
      ...said,
      err: 'No backups found in /data/kubectl-dr/backups.\n',
    });
    expect(await dr(['list'])).toEqual({
      code: 1,
      out: '',
      err: 'error: there is no home directory to keep backups in; name a directory with -d\n',
    });
  });
});

describe('kubectl dr backup verify', () => {
  test('says of a whole backup that it is whole', async () => {
    const directory = await writtenBackup(temporaryDirectory());
    expect(await dr(['verify', directory])).toEqual({
      code: 0,
      out: `${directory} is whole: 1 volume of cluster-1\n`,
      err: '',
    });
  });

  test('takes the name that list prints', async () => {
    const store = temporaryDirectory();
    await writtenBackup(store);
    expect((await dr(['verify', '20261125T145307Z-cluster-1', '-d', store])).code).toBe(0);
  });

  test('prints every problem of a broken one', async () => {
    const directory = await writtenBackup(temporaryDirectory());
    rmSync(join(directory, '10-namespaces', 'shop.yaml'));
    truncateSync(join(directory, 'originals.jsonl'), 1);
    expect(await dr(['verify', directory])).toEqual({
      code: 3,
      out: [
        '10-namespaces/shop.yaml: it cannot be read: no such file or directory (BackupBroken)',
        'originals.jsonl: it is not what was written: its digest differs (BackupBroken)',
        '',
      ].join('\n'),
      err: `error: ${directory} is broken: 2 problems, 4 files\n`,
    });
  });

  test('calls a backup broken whose index cannot be understood', async () => {
    const directory = await writtenBackup(temporaryDirectory());
    truncateSync(join(directory, 'INDEX'), 60);
    expect(await dr(['verify', directory])).toMatchObject({
      code: 3,
      err: `error: ${directory} is broken: its index cannot be understood\n`,
    });
  });

  test('is an error where there is no backup', async () => {
    const store = temporaryDirectory();
    expect(await dr(['verify', store])).toEqual({
      code: 1,
      out: '',
      err: `error: ${store} has no INDEX, so it is no backup; see what there is: kubectl dr backup list\n`,
    });
  });
});

describe('the words of kubectl dr backup', () => {
  test.each([
    [
      ['--include-secrets'],
      'error: --include-secrets takes the secrets of workloads; give --include-workloads too\n',
    ],
    [
      ['-d', '-', '-o', 'json'],
      'error: -o says what is printed, and -d - prints the backup itself; leave out one of them\n',
    ],
    [['-A', 'db'], 'error: a claim cannot be named across all namespaces; leave out -A, or the names\n'],
    [
      ['verify'],
      'error: an argument is missing: kubectl dr backup verify DIR; see "kubectl dr backup verify --help"\n',
    ],
  ])('%j cannot be understood', async (words, err) => {
    expect(await dr(words)).toEqual({ code: 2, out: '', err });
  });

  test('a claim whose name is that of a subcommand is named with its kind', async () => {
    const { err } = await dr(['pvc/list'], { env: { KUBECONFIG: '/nowhere' } });
    expect(err).toContain('/nowhere');
  });

  test('help shows both what it does itself and its subcommands', async () => {
    const { out } = await dr(['--help']);
    expect(out).toContain(
      'Usage:\n  kubectl dr backup [PVC...] [flags]\n  kubectl dr backup COMMAND [flags]\n',
    );
    expect(out).toContain('\n  verify DIR  Check every byte of a backup');
    expect((await dr(['verify', '--help'])).out).toContain(
      'Usage:\n  kubectl dr backup verify DIR [flags]\n',
    );
  });
});
