import type { BackupIndex } from '../backup/backup-index.ts';
import { type ClaimKey, claimKeyText } from '../protection/claims-of-volume.ts';

/** Uids of the claims of a backup on the site that it was taken from, by namespace and name there. */
export const claimUidsOf = (index: BackupIndex | undefined): ((claim: ClaimKey) => string | undefined) => {
  const uids = new Map(
    (index?.volumes ?? []).map(({ namespace, persistentVolumeClaim: name, claimUid }) => [
      claimKeyText({ namespace, name }),
      claimUid ?? undefined,
    ]),
  );
  return (claim) => uids.get(claimKeyText(claim));
};
