import { type ClaimKey, claimKeyText } from '../protection/claims-of-volume.ts';
import type { BackedUpVolume, BackupIndex } from './backup-index.ts';

/** Of all namespaces: what `everythingOf` says of such a backup. */
export const allNamespaces = '*';

type Index = Pick<BackupIndex, 'source' | 'volumes' | 'everythingOf'>;

const keyOf = ({ namespace, persistentVolumeClaim }: BackedUpVolume): ClaimKey => ({
  namespace,
  name: persistentVolumeClaim,
});

/** The claims of a backup. */
export const claimsIn = ({ volumes }: Pick<BackupIndex, 'volumes'>): readonly ClaimKey[] =>
  volumes.map(keyOf);

/** Whether two backups are of one cluster: of two that do not tell, by what people call it. */
export const areOfOneCluster = (a: Pick<Index, 'source'>, b: Pick<Index, 'source'>): boolean =>
  a.source.clusterUid === b.source.clusterUid &&
  (a.source.clusterUid !== null || a.source.site === b.source.site);

/** Every protected claim was to be taken, and this one is not in it: by then it was deleted, or protected no longer. */
const knowsItGone = ({ everythingOf }: Index, { namespace, replication }: BackedUpVolume): boolean =>
  replication !== null && (everythingOf === allNamespaces || everythingOf === namespace);

/**
 * Claims of a backup that none of the newer ones has. A newer one of everything that does not have a claim tells that it is gone: it is not
 * brought back in passing.
 */
export const claimsLeftTo = (older: Index, newer: readonly Index[]): readonly ClaimKey[] => {
  const taken = new Set(newer.flatMap(claimsIn).map(claimKeyText));
  return older.volumes
    .filter(
      (volume) =>
        !taken.has(claimKeyText(keyOf(volume))) && !newer.some((index) => knowsItGone(index, volume)),
    )
    .map(keyOf);
};
