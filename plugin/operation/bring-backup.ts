import { DrError } from '../../core/model/error.ts';
import { known, type Reading } from '../../core/model/reading.ts';
import type { Site } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import { readClusterUid } from '../restore/gather-target.ts';
import { bringFromBackup, type ObjectSource } from './bring-objects.ts';
import type { OperationRequest } from './operation-request.ts';

/** A site that a procedure may go to. */
type Candidate = { readonly site: Site; readonly whyDark: () => string | undefined };

/** Where it is going, as far as that is known before the backup is read: it is named, or the only site that answers. */
const likelyTarget = ({ to }: OperationRequest, candidates: readonly Candidate[]): Site | undefined => {
  const named = candidates.find(({ site }) => site.name === to);
  const lit = candidates.filter(({ whyDark }) => whyDark() === undefined);
  return (named ?? (lit.length === 1 ? lit[0] : undefined))?.site;
};

const isOf = (clusterUid: Reading<string>, { source: { index } }: ObjectSource): boolean =>
  clusterUid.known && index?.source.clusterUid === clusterUid.value;

/**
 * Reads what `--from` names. Of a directory of backups none that was taken of the site it is going to: what it tells of the last sync
 * is about the other direction, and what it holds is there already.
 */
export const bringBackup = async (
  request: OperationRequest,
  candidates: readonly Candidate[],
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

/** Throws where a backup that was named itself is one of the site that is moved to. */
export const refuseBackupOfTarget = async (
  backup: ObjectSource | undefined,
  { source, target }: Record<'source' | 'target', Site>,
  signal: AbortSignal,
): Promise<void> => {
  const uid = backup === undefined ? known('') : await readClusterUid(target, signal);
  if (backup === undefined || !isOf(uid, backup)) return;
  throw new DrError({
    code: 'BackupOfTarget',
    message: `the backup was taken of ${target.name} itself, and tells nothing of what is on ${source.name}`,
    hint: `name one of ${source.name}: kubectl dr backup list`,
  });
};
