import type { SiteName } from '../status/snapshot.ts';
import type { RestoreConflict } from './conflict.ts';

/** What to do about a conflict of `kubectl dr restore`, which has all the flags. */
export const nextInRestore = ({ next, flags }: Pick<RestoreConflict, 'next' | 'flags'>): string =>
  flags === undefined ? next : `${next}; or give ${flags.words}`;

/** The flags of kubectl, as `restore` names its target by them. */
const toSite = (kubectl: string): string => kubectl.replace(/^kubectl */, '').replace('--context', '--to');

/** What to do about it where a procedure restores: it changes no object, and takes as restored what is there and fits. */
export const nextInMove = (
  { next, flags }: Pick<RestoreConflict, 'next' | 'flags'>,
  { kubectl }: Pick<SiteName, 'kubectl'>,
): string =>
  flags?.servesMove === true
    ? `${next}; or bring it there first, from a backup: kubectl dr restore BACKUP ${toSite(kubectl)} ${flags.words}`
    : next;
