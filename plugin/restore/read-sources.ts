import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackedUpVolume, BackupIndex } from '../../core/backup/backup-index.ts';
import { indexVersion } from '../../core/backup/check-index.ts';
import { isWholeStream, parseStreamHeader } from '../../core/backup/stream-header.ts';
import { DrError } from '../../core/model/error.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { firstOfEachName } from '../../core/restore/objects-of-claims.ts';
import type { SourceObject } from '../../core/restore/sort-objects.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { systemCode, whyFileFailed } from '../backup/file-failure.ts';
import { findBackups } from '../backup/find-backups.ts';
import { parseManifests } from '../backup/parse-manifests.ts';
import { type OlderPart, type ReadBackup, readBackup } from '../backup/read-backup.ts';
import { readIndex } from '../backup/read-index.ts';
import type { Io } from '../io.ts';
import { usageError } from '../usage-error.ts';
import { readStream, readTextFile } from './read-text.ts';

/** What there is to restore. */
export type Source = {
  readonly objects: readonly SourceObject[];
  /** What a backup tells of itself; undefined for plain manifests. */
  readonly index: BackupIndex | undefined;
  /** One sentence each: which backup was picked, and what it lacks. */
  readonly remarks: readonly string[];
};

/** How sources are read. */
export type ReadOptions = {
  readonly io: Pick<Io, 'stdin' | 'stderr' | 'signal'>;
  /** Why a backup of a store will not do, as one clause; undefined: it will. */
  readonly whyNot: (index: BackupIndex) => string | undefined;
};

const unreadable = (path: string, error: unknown): DrError =>
  new DrError({
    code: systemCode(error) === 'ENOENT' ? 'SourceNotFound' : 'SourceUnreadable',
    message: `${oneLine(path)} cannot be read: ${whyFileFailed(error)}`,
    hint: 'give a backup, a directory of backups, or manifests',
    cause: error,
  });

const manifestsIn = (text: string, origin: string): SourceObject[] =>
  parseManifests(text, origin).map((object) => ({ object, origin }));

const plain = (objects: readonly SourceObject[]): Source => ({ objects, index: undefined, remarks: [] });

const remarksOnMissing = ({ missing }: Pick<BackupIndex, 'missing'>): string[] =>
  missing.map(
    ({ kind, namespace, name, why }) =>
      `the backup lacks ${kind} ${namespace === null ? '' : `${namespace}/`}${name}: ${why}`,
  );

const cutOff = (origin: string): DrError =>
  new DrError({
    code: 'BackupCutOff',
    message: `${oneLine(origin)} is the beginning of a backup: its last line is not there`,
    hint: 'take the backup again, and see that it ends with exit code 0',
  });

/** Manifests, or a backup that was taken as a stream: its first line tells where it comes from, and no digest vouches for it. */
const sourceIn = (text: string, origin: string): Source => {
  const objects = manifestsIn(text, origin);
  const header = parseStreamHeader(text);
  if (header === undefined) return plain(objects);
  if (!isWholeStream(text)) throw cutOff(origin);
  const index: BackupIndex = { ...header, apiVersion: indexVersion, kind: 'Backup', files: [] };
  return { objects, index, remarks: remarksOnMissing(index).map((remark) => oneLine(remark, 400)) };
};

/** As `kubectl apply -f DIRECTORY` takes them: by their ending, and not of directories below. */
const manifestFiles = async (directory: string): Promise<string[]> =>
  (await readdir(directory, { withFileTypes: true }))
    .filter((entry) => !entry.isDirectory() && /\.(ya?ml|json)$/.test(entry.name))
    .map(({ name }) => join(directory, name))
    .sort();

const readManifestDirectory = async (directory: string, signal: AbortSignal): Promise<Source> => {
  const files = await manifestFiles(directory);
  if (files.length === 0)
    throw new DrError({
      code: 'SourceEmpty',
      message: `${oneLine(directory)} holds neither a backup nor manifests (.yaml, .yml, .json)`,
      hint: 'see what backups there are: kubectl dr backup list',
    });
  const objects: SourceObject[] = [];
  // One after the other: each may be large, and memory is what there is least of.
  for (const file of files) objects.push(...manifestsIn(await readTextFile(file, signal), file));
  return plain(objects);
};

const holdsBackups = async (directory: string, signal: AbortSignal): Promise<boolean> =>
  (await readIndex(directory)) !== undefined || (await findBackups(directory, signal)).length > 0;

/** Names of claims in a remark. */
const mostNames = 5;

const namesOf = (claims: OlderPart['claims']): string => {
  const names = claims.slice(0, mostNames).map(claimKeyText).join(', ');
  const more = claims.length - mostNames;
  return `${claims.length === 1 ? 'claim' : 'claims'} ${names}${more > 0 ? ` and ${more} more` : ''}`;
};

/** At once: what fails next may do so for want of what one of them holds. */
const tellPassedOver = ({ passedOver }: ReadBackup, { stderr }: Pick<Io, 'stderr'>): void => {
  for (const { directory, why } of passedOver)
    stderr.line(oneLine(`backup ${directory} was passed over: ${why}`, 400));
};

const remarksOn = (named: string, { directory, index, older }: ReadBackup): string[] => [
  ...(directory === named
    ? []
    : [`restoring backup ${directory}, taken of ${index.source.site} at ${index.createdAt}`]),
  ...older.map(
    (part) =>
      `${namesOf(part.claims)} from the older backup ${part.directory}, taken at ${part.index.createdAt}: no newer one has ${part.claims.length === 1 ? 'it' : 'them'}`,
  ),
  ...remarksOnMissing(index),
];

/** The index of what was taken from several backups of a store. */
const wholeIndex = ({ index, older }: ReadBackup): BackupIndex => {
  const isTaken = ({ claims }: OlderPart) => {
    const keys = new Set(claims.map(claimKeyText));
    return ({ namespace, persistentVolumeClaim: name }: BackedUpVolume) =>
      keys.has(claimKeyText({ namespace, name }));
  };
  const more = older.flatMap((part) => part.index.volumes.filter(isTaken(part)));
  return { ...index, volumes: [...index.volumes, ...more] };
};

const readDirectory = async (directory: string, { io, whyNot }: ReadOptions): Promise<Source> => {
  if (!(await holdsBackups(directory, io.signal))) return readManifestDirectory(directory, io.signal);
  const backup = await readBackup(directory, { signal: io.signal, whyNot });
  tellPassedOver(backup, io);
  return {
    objects: firstOfEachName(
      [backup, ...backup.older].map(({ objects, directory: origin }) =>
        objects.map((object) => ({ object, origin })),
      ),
    ),
    index: wholeIndex(backup),
    remarks: remarksOn(directory, backup).map((remark) => oneLine(remark, 400)),
  };
};

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
};

const readOne = async (word: string, options: ReadOptions): Promise<Source> => {
  if (word === '-') return sourceIn(await readStream(options.io.stdin, 'standard input'), 'standard input');
  if (await isDirectory(word)) return readDirectory(word, options);
  return sourceIn(await readTextFile(word, options.io.signal), word);
};

/** Reads everything that was named. A backup stands alone: it says itself what belongs to it. Throws a `DrError` at the first fault. */
export const readSources = async (words: readonly string[], options: ReadOptions): Promise<Source> => {
  const sources: Source[] = [];
  for (const word of words) sources.push(await readOne(word, options));
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  if (sources.some(({ index }) => index !== undefined))
    throw usageError(
      'a backup cannot be restored together with other sources',
      'restore one after the other',
    );
  return plain(sources.flatMap(({ objects }) => objects));
};
