import { createHash } from 'node:crypto';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { BackedUpFile, BackupIndex } from '../../core/backup/backup-index.ts';
import { isOriginals } from '../../core/backup/originals.ts';
import { DrError, messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { type BackupErrorCode, backupError } from './backup-error.ts';
import { systemCode, whyFileFailed } from './file-failure.ts';
import { type FoundFile, listFiles } from './list-files.ts';
import { parseManifests } from './parse-manifests.ts';
import { indexName, readIndex } from './read-index.ts';
import { readRegularFile } from './read-regular-file.ts';

/** Something that is wrong with one file of a backup. */
export type BackupProblem = {
  /** Below the backup's directory. */
  readonly path: string;
  readonly code: BackupErrorCode;
  /** One clause. */
  readonly what: string;
};

/** A backup, and all that is wrong with it; whole where nothing is. */
export type Inspection = {
  readonly directory: string;
  readonly index: BackupIndex;
  /** Cleaned objects, in the order of the index. Those of files with a problem are left out. */
  readonly objects: readonly KubernetesObject[];
  readonly problems: readonly BackupProblem[];
};

/** Bytes of all files together. */
const largestBackup = 2 ** 30;
const filesAtOnce = 16;

const isSameObject = (object: KubernetesObject, file: BackedUpFile): boolean =>
  object.apiVersion === file.apiVersion &&
  object.kind === file.kind &&
  object.metadata.name === file.name &&
  (object.metadata.namespace ?? null) === file.namespace;

type Checked = { readonly object?: KubernetesObject; readonly problem?: BackupProblem };

const broken = (path: string, what: string): Checked => ({ problem: { path, code: 'BackupBroken', what } });

const checkObject = (file: BackedUpFile, text: string): Checked => {
  try {
    const [object, ...more] = parseManifests(text, file.path);
    return object !== undefined && more.length === 0 && isSameObject(object, file)
      ? { object }
      : broken(file.path, `it does not hold ${file.kind} ${file.name} alone`);
  } catch (error) {
    if (!(error instanceof DrError)) throw error;
    return broken(file.path, messageOf(error));
  }
};

const checkBytes = (file: BackedUpFile, bytes: Buffer): Checked => {
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (bytes.length !== file.bytes || digest !== file.sha256)
    return broken(file.path, 'it is not what was written: its digest differs');
  return isOriginals(file) ? {} : checkObject(file, bytes.toString('utf8'));
};

const checkFile = async (directory: string, file: BackedUpFile): Promise<Checked> => {
  try {
    const reading = await readRegularFile(join(directory, file.path));
    if ('bytes' in reading) return checkBytes(file, reading.bytes);
    return { problem: { path: file.path, code: 'BackupTooLarge', what: `it is ${reading.refused}` } };
  } catch (error) {
    if (systemCode(error) === '') throw error;
    const code = ['EACCES', 'EPERM', 'EIO'].includes(systemCode(error)) ? 'BackupUnreadable' : 'BackupBroken';
    return { problem: { path: file.path, code, what: `it cannot be read: ${whyFileFailed(error)}` } };
  }
};

/** What nobody wrote: `kubectl create -R -f` would take it along. A link may lead anywhere, whatever its name is. */
const foreignAmong = (found: readonly FoundFile[], files: readonly BackedUpFile[]): BackupProblem[] => {
  const listed = new Set([indexName, ...files.map(({ path }) => path)]);
  return found
    .filter(({ path, isRegular }) => !isRegular || !listed.has(path))
    .map(({ path, isRegular }) => ({
      path,
      code: 'BackupForeign',
      what: isRegular ? `it is not in ${indexName}` : 'it is no regular file',
    }));
};

const listAll = async (directory: string, signal: AbortSignal): Promise<FoundFile[]> => {
  try {
    return await listFiles(directory, signal);
  } catch (error) {
    if (systemCode(error) === '') throw error;
    throw backupError('BackupUnreadable', `${directory} cannot be read: ${whyFileFailed(error)}`, error);
  }
};

const refuseTooLarge = (directory: string, { files }: BackupIndex): void => {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > largestBackup) throw backupError('BackupTooLarge', `${directory} has ${bytes} bytes`);
};

/**
 * Reads a backup and checks all of it: digests, that nothing is missing, that nothing is foreign. Undefined where the directory has
 * no index. Throws a `DrError` of `backup-error.ts` where the index or the directory itself cannot be read.
 */
export const inspectBackup = async (
  directory: string,
  signal: AbortSignal,
): Promise<Inspection | undefined> => {
  const index = await readIndex(directory);
  if (index === undefined) return undefined;
  refuseTooLarge(directory, index);
  const found = await listAll(directory, signal);
  const foreign = foreignAmong(found, index.files);
  const links = new Set(foreign.map(({ path }) => path));
  const limit = pLimit(filesAtOnce);
  const checked = await Promise.all(
    index.files
      .filter(({ path }) => !links.has(path))
      .map((file) =>
        limit(() => {
          signal.throwIfAborted();
          return checkFile(directory, file);
        }),
      ),
  );
  return {
    directory,
    index,
    objects: checked.flatMap(({ object }) => object ?? []),
    problems: [...foreign, ...checked.flatMap(({ problem }) => problem ?? [])],
  };
};
