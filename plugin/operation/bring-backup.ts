import { DrError } from '../../core/model/error.ts';
import type { Site } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import { readClusterUid } from '../restore/gather-target.ts';
import { bringFromBackup, type ObjectSource } from './bring-objects.ts';
import type { LiveSite } from './live-site.ts';
import type { OperationRequest } from './operation-request.ts';

/** A site, and whether it answers. */
type NamedSite = Pick<LiveSite, 'site' | 'whyDark'>;

/** Where it is going, as far as that is known before the backup is read: it is named, or the only site that answers. */
const likelyTarget = ({ to }: OperationRequest, candidates: readonly NamedSite[]): Site | undefined => {
  const lit = candidates.filter(({ whyDark }) => whyDark() === undefined);
  const named = lit.find(({ site }) => site.name === to);
  return (named ?? (lit.length === 1 ? lit[0] : undefined))?.site;
};

/**
 * Reads what `--from` names. Of a directory of backups none that was taken of the site it is going to: what it tells of the last sync
 * is about the other direction, and what it holds is there already.
 */
export const bringBackup = async (
  request: OperationRequest,
  candidates: readonly NamedSite[],
  { io, signal }: { io: Io; signal: AbortSignal },
): Promise<ObjectSource | undefined> => {
  if (request.from.length === 0) return undefined;
  const target = likelyTarget(request, candidates);
  const uid = target === undefined ? undefined : await readClusterUid(target, signal);
  return bringFromBackup(request.from, request.extent, {
    io,
    whyNot: ({ source }) =>
      uid?.known && source.clusterUid === uid.value ? `it was taken of ${target?.name} itself` : undefined,
  });
};

/**
 * What of a backup holds for a move from one site to another. Throws where it was named itself and is one of the target. Where nobody can
 * tell of which cluster it is, its last syncs bound no loss: they may be about the other direction.
 */
export const vouchFor = async (
  backup: ObjectSource | undefined,
  { source, target }: Record<'source' | 'target', NamedSite>,
  signal: AbortSignal,
): Promise<ObjectSource | undefined> => {
  if (backup === undefined || target.whyDark() !== undefined) return backup;
  const uid = await readClusterUid(target.site, signal);
  const takenOf = backup.source.index?.source.clusterUid ?? undefined;
  if (!uid.known || takenOf === undefined) return { ...backup, lastSyncOf: () => undefined };
  if (takenOf !== uid.value) return backup;
  throw new DrError({
    code: 'BackupOfTarget',
    message: `the backup was taken of ${target.site.name} itself, and tells nothing of what is on ${source.site.name}`,
    hint: `name one of ${source.site.name}: kubectl dr backup list`,
  });
};
