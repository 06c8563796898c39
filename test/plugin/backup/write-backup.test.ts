import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { renderBackup } from '../../../plugin/backup/render-backup.ts';
import { writeBackup } from '../../../plugin/backup/write-backup.ts';
import { temporaryDirectories } from './temporary-directory.ts';
import { writtenBackup } from './written-backup.ts';

const temporaryDirectory = temporaryDirectories();
const { signal } = new AbortController();
const nameOf = (attempt: number) => (attempt === 1 ? 'new' : `new-${attempt}`);
const file = (path: string) => ({ path, bytes: Buffer.from(path) });
const files = [file('a/b/one.yaml'), file('a/two.yaml'), file('INDEX')];

describe('writing a backup', () => {
  test('makes the store, and a directory in it that only its owner may read', async () => {
    const store = join(temporaryDirectory(), 'deep', 'store');
    const directory = await writeBackup(store, nameOf, files, signal);
    expect(directory).toBe(join(store, 'new'));
    expect(readdirSync(store)).toEqual(['new']);
    expect(readdirSync(directory, { recursive: true }).sort()).toEqual([
      'INDEX',
      'a',
      'a/b',
      'a/b/one.yaml',
      'a/two.yaml',
    ]);
    expect(readFileSync(join(directory, 'a/b/one.yaml'), 'utf8')).toBe('a/b/one.yaml');
    const modeOf = (path: string) => (statSync(join(directory, path)).mode & 0o777).toString(8);
    expect(['.', 'a', 'a/b', 'INDEX', 'a/two.yaml'].map(modeOf)).toEqual(['700', '700', '700', '600', '600']);
  });

  test('overwrites nothing: not a backup, not an empty directory, not a file', async () => {
    const store = temporaryDirectory();
    mkdirSync(join(store, 'new'));
    writeFileSync(join(store, 'new-2'), 'mine');
    expect(await writeBackup(store, nameOf, files, signal)).toBe(join(store, 'new-3'));
    expect(await writeBackup(store, nameOf, files, signal)).toBe(join(store, 'new-4'));
    expect(readdirSync(join(store, 'new'))).toEqual([]);
    expect(readFileSync(join(store, 'new-2'), 'utf8')).toBe('mine');
  });

  test('of two at the same time each gets a directory of its own', async () => {
    const store = temporaryDirectory();
    const directories = await Promise.all([1, 2, 3, 4].map(() => writeBackup(store, nameOf, files, signal)));
    expect(new Set(directories).size).toBe(4);
    expect(readdirSync(store).sort()).toEqual(['new', 'new-2', 'new-3', 'new-4']);
  });

  test.each([
    [
      'a file where the store should be',
      (store: string) => writeFileSync(store, ''),
      files,
      /it exists already|not a directory/,
    ],
    [
      'a file that no file system takes',
      () => undefined,
      [file('x'.repeat(300)), file('INDEX')],
      /the name is too long/,
    ],
    ['two files of one path', () => undefined, [file('a'), file('a'), file('INDEX')], /it exists already/],
  ])('%s leaves nothing behind, and says so on one line', async (_, prepare, wanted, why) => {
    const store = join(temporaryDirectory(), 'store');
    prepare(store);
    const failure = await writeBackup(store, nameOf, wanted, signal).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'BackupNotWritten',
      message: expect.stringMatching(why),
      hint: 'give another directory with -d',
    });
    expect((failure as Error).message).not.toContain('\n');
    if (statSync(store).isDirectory()) expect(readdirSync(store)).toEqual([]);
  });

  test('an interruption leaves nothing behind', async () => {
    const store = temporaryDirectory();
    const interruption = AbortSignal.abort();
    await expect(writeBackup(store, nameOf, files, interruption)).rejects.toBe(interruption.reason);
    expect(readdirSync(store)).toEqual([]);
  });
});

/** A file system of its own in memory; undefined where this user may not make one. */
const mounted = (options: string): string | undefined => {
  const place = temporaryDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place], { stdio: 'ignore' });
    mounts.push(place);
    return place;
  } catch {
    return undefined;
  }
};
const mounts: string[] = [];
afterEach(() => {
  for (const place of mounts.splice(0)) execFileSync('umount', [place]);
});

describe('a file system that does not take it', () => {
  const large = Array.from({ length: 50 }, (_, index) => ({
    path: `a/${index}.yaml`,
    bytes: Buffer.alloc(4096, 'x'),
  }));

  test.for([
    ['is full', 'size=64k', /: no space left on the device$/],
    ['is read-only', 'ro', /: the file system is read-only$/],
  ] as const)('%s: it says so, and leaves nothing behind', async ([, options, why], { skip }) => {
    const place = mounted(options);
    if (place === undefined) return skip('this user may not mount a file system');
    const failure = await writeBackup(place, nameOf, [...large, file('INDEX')], signal).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'BackupNotWritten', message: expect.stringMatching(why) });
    expect(readdirSync(place)).toEqual([]);
  });
});

test('an interruption in the middle of it leaves nothing behind either', async () => {
  const store = temporaryDirectory();
  const interruption = new AbortController();
  const many = Array.from({ length: 500 }, (_, index) => file(`a/${index}.yaml`));
  const written = writeBackup(store, nameOf, [...many, file('INDEX')], interruption.signal);
  const begun = (): boolean =>
    readdirSync(store, { recursive: true }).some((path) => /yaml$/.test(String(path)));
  while (!begun()) await new Promise(setImmediate);
  expect(readdirSync(store)).toEqual([expect.stringMatching(/^\.partial-/)]);
  interruption.abort();
  await expect(written).rejects.toBe(interruption.signal.reason);
  expect(readdirSync(store)).toEqual([]);
});

describe('originals', () => {
  const head = {
    createdAt: '2026-11-25T14:53:07Z',
    createdBy: 'x',
    source: { site: 's', clusterUid: null, kubernetesVersion: null },
    missing: [],
    volumes: [],
  };

  test('are in several files where one would be too large to be read', () => {
    const large = (name: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'shop' },
      data: { x: 'x'.repeat(7 * 2 ** 20) },
    });
    const rendered = renderBackup(head, ['a', 'b', 'c'].map(large));
    const originals = rendered.filter(({ path }) => path.endsWith('.jsonl'));
    expect(originals.map(({ path }) => path)).toEqual(['originals.jsonl', 'originals-2.jsonl']);
    expect(originals.every(({ bytes }) => bytes.length < 16 * 2 ** 20)).toBe(true);
  });

  test('and all else has a digest, apart from the index itself', async () => {
    const directory = await writtenBackup(temporaryDirectory());
    const index = readFileSync(join(directory, 'INDEX'), 'utf8');
    const all = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(index.match(/sha256: [0-9a-f]{64}\n/g)).toHaveLength(all.length - 1);
  });
});
