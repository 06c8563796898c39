import { createHash } from 'node:crypto';
import type { BackedUpVolume } from '../../core/backup/backup-index.ts';
import { backupName } from '../../core/backup/backup-name.ts';
import { allNamespaces } from '../../core/backup/claims-left-to.ts';
import { cleanObject } from '../../core/backup/clean-object.ts';
import { type Composition, composeBackup } from '../../core/backup/compose-backup.ts';
import type { WantedClaims } from '../../core/backup/select-volumes.ts';
import { formatStreamHeader, streamEnd } from '../../core/backup/stream-header.ts';
import { formatTime } from '../../core/model/condition.ts';
import type { Site } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import type { Selection } from '../selection/parse-selection.ts';
import { gatherLabelled } from '../status/gather.ts';
import { type Extent, gatherBackup } from './gather-backup.ts';
import { type IndexHead, renderBackup, toYaml } from './render-backup.ts';
import { writeBackup } from './write-backup.ts';

/** What was read of a site and is to be kept. */
export type TakenBackup = { readonly head: IndexHead; readonly composition: Composition };

const labelledClaims = async (site: Site, selection: Selection, signal: AbortSignal) => {
  const alone = { here: site, there: undefined, requestCount: () => 0 };
  return (await gatherLabelled(alone, selection, signal))?.get(site.context);
};

const nameOf = (key: string): string => key.slice(key.indexOf('/') + 1);

/** Reads one site and decides what its backup holds. Nothing is written; the peer is not asked. */
export const takeBackup = async (
  site: Site,
  selection: Selection,
  extent: Extent,
  io: Pick<Io, 'now' | 'version' | 'signal'>,
): Promise<TakenBackup> => {
  const { namespace, claims, replications } = selection;
  const labelled = await labelledClaims(site, selection, io.signal);
  const { head, composition } = await takeBackupOf(
    site,
    { namespace, claims, replications, labelled },
    extent,
    io,
  );
  const isEverything = claims.length + replications.length === 0 && labelled === undefined;
  return {
    head: isEverything ? { ...head, everythingOf: namespace ?? allNamespaces } : head,
    composition,
  };
};

/** The same of claims that were chosen otherwise. */
export const takeBackupOf = async (
  site: Site,
  wanted: WantedClaims,
  extent: Extent,
  io: Pick<Io, 'now' | 'version' | 'signal'>,
): Promise<TakenBackup> => {
  const { namespace, claims, labelled } = wanted;
  // Before anything is read: what is in the backup is at least as new.
  const createdAt = formatTime(io.now());
  const names = [...claims, ...[...(labelled ?? [])].map(nameOf)];
  const { facts, source } = await gatherBackup(site, { namespace, signal: io.signal }, names, extent);
  const composition = composeBackup(facts, wanted);
  return {
    composition,
    head: {
      createdAt,
      createdBy: `kubectl dr ${io.version}`,
      source,
      missing: composition.missing,
      volumes: composition.volumes,
    },
  };
};

/** A backup that is where it was to be: its path, and the digest by which it is recorded. */
export type StoredBackup = { readonly directory: string; readonly digest: string };

/** Writes a backup into a new directory of a store; see `writeBackup`. */
export const storeBackup = async (
  { head, composition }: TakenBackup,
  store: string,
  signal: AbortSignal,
): Promise<StoredBackup> => {
  const nameFor = (attempt: number) => backupName(Date.parse(head.createdAt), head.source.site, attempt);
  const files = renderBackup(head, composition.objects);
  const directory = await writeBackup(store, nameFor, files, signal);
  const index = files.at(-1)?.bytes ?? '';
  return { directory, digest: `sha256:${createHash('sha256').update(index).digest('hex')}` };
};

/** A backup as one stream of YAML, piece by piece: its header as a comment, the objects in their order, and another comment: nothing is missing. */
export function* streamBackup({ head, composition }: TakenBackup): Iterable<string> {
  yield `${formatStreamHeader(head)}\n`;
  for (const object of composition.objects) yield `---\n${toYaml(cleanObject(object))}`;
  yield `${streamEnd}\n`;
}

/** How many volumes, as people say it. */
export const countVolumes = (volumes: readonly BackedUpVolume[]): string =>
  volumes.length === 1 ? '1 volume' : `${volumes.length} volumes`;
