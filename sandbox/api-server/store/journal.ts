import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DrError, messageOf } from '../../../core/model/error.ts';
import type { Change } from './history.ts';
import {
  changeLine,
  closedLine,
  headerLine,
  type JournalContent,
  putLine,
  readJournal,
} from './journal-lines.ts';
import type { Journal } from './store.ts';
import { type StoredObject, storedAt } from './stored-object.ts';

/** A journal on disk. `close` writes what is left; afterwards nothing may be appended. */
export type DiskJournal = Journal & { close: () => Promise<void> };

/**
 * After a crash the last writes may be lost that watchers heard of already; their revisions must not be given out again for
 * other writes.
 */
const revisionsLostAtMost = 10_000;

/** A file is rewritten once it holds this many lines more than there are objects. */
const surplusLines = 20_000;

const fileName = (generation: number): string => `objects-${generation}.jsonl`;

const generationsIn = async (directory: string): Promise<number[]> =>
  (await readdir(directory))
    .flatMap((name) => /^objects-(\d+)\.jsonl$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => other - one);

const damaged = (file: string) =>
  new DrError({
    code: 'StateDamaged',
    message: `the kept state in ${file} cannot be read`,
    hint: 'move the file away to start with nothing',
  });

const notWritable = (directory: string, cause: unknown) =>
  new DrError({
    code: 'StateNotWritable',
    message: `the state directory ${directory} cannot be written: ${messageOf(cause)}`,
    hint: 'name a directory that you may write to',
    cause,
  });

const load = async (directory: string, generation: number | undefined): Promise<JournalContent> => {
  if (generation === undefined) return { revision: 1, objects: [], closed: true };
  const file = join(directory, fileName(generation));
  const content = readJournal(await readFile(file, 'utf8'));
  if (content === undefined) throw damaged(file);
  return content.closed ? content : { ...content, revision: content.revision + revisionsLostAtMost };
};

type LiveObjects = Map<string, { collection: string; stored: StoredObject }>;

const idOf = (collection: string, key: string): string => `${collection} ${key}`;

const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Writes all objects to a new file; it takes its name only when it is whole, and stays open for what follows. */
const writeSnapshot = async (
  directory: string,
  generation: number,
  content: { revision: number; live: LiveObjects },
): Promise<FileHandle> => {
  const file = join(directory, fileName(generation));
  const handle = await open(`${file}.new`, 'w', 0o600);
  const lines = [...content.live.values()].map(({ collection, stored }) => putLine(collection, stored));
  await handle.appendFile(headerLine(content.revision) + lines.join(''));
  await handle.sync();
  await rename(`${file}.new`, file);
  await syncDirectory(directory);
  return handle;
};

/** Appends in batches: while one batch is being made durable, the next one gathers. */
const createWriter = (
  directory: string,
  start: { generation: number; live: LiveObjects; revision: number },
) => {
  const { live } = start;
  let { generation, revision } = start;
  let handle: FileHandle | undefined;
  let pending: string[] = [];
  let written = 0;
  let flushing: Promise<void> | undefined;

  const rewrite = async () => {
    const previous = handle;
    const replaced = generation;
    generation += 1;
    written = 0;
    // What is pending is in the snapshot already.
    pending = [];
    handle = await writeSnapshot(directory, generation, { revision, live });
    await previous?.close();
    await rm(join(directory, fileName(replaced)), { force: true });
  };

  const flushOnce = async () => {
    if (handle === undefined || written + pending.length > live.size + surplusLines) return rewrite();
    const batch = pending;
    pending = [];
    written += batch.length;
    await handle.appendFile(batch.join(''));
    await handle.datasync();
  };

  const flush = (): Promise<void> => {
    // Lines that come while a batch is under way wait for the batch after it.
    flushing = (flushing ?? Promise.resolve()).then(() => (pending.length > 0 ? flushOnce() : undefined));
    return flushing;
  };

  return {
    begin: rewrite,
    append: (change: Change) => {
      const { collection, stored } = change;
      const id = idOf(collection, stored.key);
      revision = stored.revision;
      if (change.type === 'DELETED') live.delete(id);
      else live.set(id, { collection, stored });
      pending.push(changeLine(change));
    },
    flush,
    close: async () => {
      pending.push(closedLine(revision));
      await flush();
      await handle?.close();
    },
  };
};

/**
 * Opens the journal of a directory, which is made if need be. Rejects with a `DrError` `StateNotWritable` or `StateDamaged`.
 * A crash loses only writes that nobody was told of; their revisions are not used again.
 */
export const openJournal = async (directory: string): Promise<DiskJournal> => {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const [latest, ...older] = await generationsIn(directory);
    const loaded = await load(directory, latest);
    const live: LiveObjects = new Map(
      loaded.objects.map(({ collection, key, object }) => [
        idOf(collection, key),
        { collection, stored: storedAt(key, object, Number(object.metadata.resourceVersion)) },
      ]),
    );
    const writer = createWriter(directory, { generation: latest ?? 0, live, revision: loaded.revision });
    await writer.begin();
    await Promise.all(older.map((generation) => rm(join(directory, fileName(generation)), { force: true })));
    return { loaded, append: writer.append, durable: writer.flush, close: writer.close };
  } catch (thrown) {
    throw thrown instanceof DrError ? thrown : notWritable(directory, thrown);
  }
};
