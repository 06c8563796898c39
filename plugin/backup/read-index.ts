import { join } from 'node:path';
import type { BackupIndex } from '../../core/backup/backup-index.ts';
import { checkIndex, indexVersion, versionOf } from '../../core/backup/check-index.ts';
import { DrError } from '../../core/model/error.ts';
import { backupError } from './backup-error.ts';
import { systemCode, whyFileFailed } from './file-failure.ts';
import { loadJson } from './load-json.ts';
import { loadYaml, YamlFault } from './load-yaml.ts';
import { largestFile, readRegularFile } from './read-regular-file.ts';

/** Name of the file that makes a directory a backup. */
export const indexName = 'INDEX';

const parse = (text: string, path: string): unknown => {
  try {
    const [document] = loadJson(text) ?? loadYaml(text, largestFile);
    return document?.value;
  } catch (error) {
    if (error instanceof YamlFault)
      throw backupError('BackupBroken', `${path}:${error.line}: ${error.message}`);
    throw error;
  }
};

/** Undefined where there is no such file. */
const readText = async (path: string): Promise<string | undefined> => {
  try {
    const reading = await readRegularFile(path);
    if ('bytes' in reading) return reading.bytes.toString('utf8');
    throw backupError('BackupTooLarge', `${path} is ${reading.refused}`);
  } catch (error) {
    if (error instanceof DrError) throw error;
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined;
    throw backupError('BackupUnreadable', `${path} cannot be read: ${whyFileFailed(error)}`, error);
  }
};

/** The index of a backup's directory; undefined where the directory has none. Throws a `DrError` of `backup-error.ts`. */
export const readIndex = async (directory: string): Promise<BackupIndex | undefined> => {
  const path = join(directory, indexName);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const value = parse(text, path);
  const version = versionOf(value);
  if (version !== indexVersion && version !== '')
    throw backupError('BackupVersionUnknown', `${path} is of version ${version}; this is ${indexVersion}`);
  const index = checkIndex(value);
  if (!index.known) throw backupError('BackupBroken', `${path} cannot be understood: ${index.why}`);
  return index.value;
};
