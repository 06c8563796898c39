import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DiskJournal, openJournal } from '../../../../sandbox/api-server/store/journal.ts';
import { createStore, type Store } from '../../../../sandbox/api-server/store/store.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kubectl-dr-journal-'));
});

const opened: DiskJournal[] = [];

/** A journal that the test does not close is what a killed process leaves; its file is let go of afterwards. */
afterEach(async () => {
  await Promise.all(opened.splice(0).map((journal) => journal.close().catch(() => undefined)));
  rmSync(directory, { recursive: true, force: true });
});

const open = async () => {
  const journal = await openJournal(directory);
  opened.push(journal);
  return { journal, store: createStore({ historyWindow: 10, journal }) };
};

const put = (store: Store, name: string, value: string) =>
  store.put(
    'things',
    `a/${name}`,
    { apiVersion: 'v1', kind: 'Thing', metadata: { name, namespace: 'a' }, value },
    store.get('things', `a/${name}`)?.revision ?? 'absent',
  );

const content = (store: Store) =>
  store.list('things').map(({ key, revision, object }) => `${key} ${object['value']} at ${revision}`);

const file = () => join(directory, readdirSync(directory).find((name) => name.endsWith('.jsonl')) ?? '');

describe('the journal', () => {
  test('brings back every object with its revision, and goes on where it stopped', async () => {
    const first = await open();
    put(first.store, 'x', 'one');
    put(first.store, 'y', 'one');
    put(first.store, 'x', 'two — ü');
    const gone = first.store.get('things', 'a/y')!;
    first.store.remove('things', 'a/y', gone.object, gone.revision);
    await first.journal.close();
    const second = await open();
    expect(content(second.store)).toEqual(content(first.store));
    expect(second.store.revision()).toBe(first.store.revision());
  });

  test('keeps what was durable when the process is killed, and uses no revision twice', async () => {
    const first = await open();
    put(first.store, 'x', 'one');
    await first.store.durable();
    put(first.store, 'y', 'nobody was told');
    const second = await open();
    expect(content(second.store)).toContain(content(first.store)[0]);
    expect(second.store.revision()).toBeGreaterThan(first.store.revision());
  });

  test('leaves out a last line that was torn', async () => {
    const first = await open();
    put(first.store, 'x', 'one');
    await first.store.durable();
    appendFileSync(file(), '{"put":"things","key":"a/y","object":{"apiVersion":"v1","ki');
    const second = await open();
    expect(content(second.store)).toEqual(content(first.store));
  });

  test('refuses a file that is damaged in the middle, by name', async () => {
    const first = await open();
    put(first.store, 'x', 'one');
    await first.journal.close();
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('{"put"', '{put'));
    await expect(openJournal(directory)).rejects.toMatchObject({ code: 'StateDamaged' });
  });

  test('says which directory cannot be written', async () => {
    const path = join(directory, 'file');
    writeFileSync(path, '');
    chmodSync(path, 0o400);
    await expect(openJournal(path)).rejects.toMatchObject({
      code: 'StateNotWritable',
      message: expect.stringContaining(path),
    });
  });

  test('starts a new file when the old one holds mostly what is outdated', async () => {
    const { store, journal } = await open();
    for (let round = 0; round < 25; round++) {
      for (let count = 0; count < 1000; count++) put(store, 'x', `${round}.${count}`);
      await store.durable();
    }
    await journal.close();
    expect(readFileSync(file(), 'utf8').split('\n').length).toBeLessThan(20_000);
    expect(content((await open()).store)).toEqual(content(store));
  });
});
