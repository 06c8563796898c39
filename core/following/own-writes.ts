import { known } from '../model/reading.ts';
import type { Replication } from '../status/replication.ts';
import { readRole } from '../status/role.ts';
import { type Demotion, siteClocksMs } from './demotion.ts';

/** Whether a copy may hold writes that no other has: then nobody throws it away in passing. */
export type OwnWrites =
  | { readonly state: 'none' }
  | {
      readonly state: 'possible';
      /** What is said of the replication: a clause without its subject. */
      readonly why: string;
      /**
       * It shows that it follows, and was not primary later than that, milliseconds since the epoch: a sync of the other site that is later has
       * arrived here, and nothing of its own is left. Undefined: it shows nothing of the kind.
       */
      readonly followsSince: number | undefined;
    };

/** A copy that holds nothing of its own. */
export const nothingOfItsOwn: OwnWrites = { state: 'none' };

const possible = (why: string, followsSince?: number): OwnWrites => ({
  state: 'possible',
  why,
  followsSince,
});

/** Driver and controller spoke of it when the status was written. */
const tells = ({ status }: Replication, type: string, value: string): boolean =>
  status?.conditions?.some(
    (condition) =>
      condition.type === type &&
      condition.status === value &&
      (condition.observedGeneration ?? status.observedGeneration) === status.observedGeneration,
  ) ?? false;

/** Both sides were demoted and equal. In split brain a driver answers with errors instead (recorded from ceph-csi). */
const showsEqual = (replication: Replication): boolean =>
  replication.status?.state === 'Secondary' &&
  tells(replication, 'Degraded', 'False') &&
  !tells(replication, 'Resyncing', 'True');

/** What a replica that was primary once, or may have been, shows since. `at`: when it stepped down at the latest. */
export const ownWritesOfReplica = (
  replication: Replication,
  demotion: Demotion,
  at: number | undefined,
): OwnWrites => {
  if (demotion.kind === 'never') return nothingOfItsOwn;
  if (demotion.kind === 'marked' && demotion.followed !== 'yes')
    return possible('was demoted before the other site had followed it, as far as is known');
  const wasPrimary = demotion.kind === 'marked' ? 'was primary' : 'was primary once, or may have been';
  if (showsEqual(replication)) return nothingOfItsOwn;
  const follows = tells(replication, 'Resyncing', 'True');
  return possible(
    `${wasPrimary}, and nothing tells that it has followed the other site since`,
    follows ? at : undefined,
  );
};

/** What one that is primary, or may be, holds: undefined where it is neither. */
export const ownWritesOfPrimary = (replication: Replication): OwnWrites | undefined => {
  const { role, why } = readRole(known(replication));
  if (role === 'primary') return possible('is primary');
  if (role !== 'unknown') return undefined;
  // A status can be cleared; the finalizer tells that a controller has acted all the same.
  const isUntouched = !replication.status?.state && !replication.isTakenUp;
  return isUntouched ? nothingOfItsOwn : possible(`may be primary (${why})`);
};

/** What lets its copy be thrown away already gave it up when that was asked for, and was judged then. */
const isGivenUp = ({ wants, autoResync }: Replication): boolean =>
  wants === 'resync' || (wants === 'secondary' && autoResync);

/** What a replication, as it was before a change, may hold of its own; undefined: it is created, and nothing was written through it. */
export const ownWritesBefore = (before: Replication | undefined): OwnWrites => {
  if (before === undefined || isGivenUp(before)) return nothingOfItsOwn;
  return ownWritesOfPrimary(before) ?? ownWritesOfReplica(before, before.demotion, before.askedAt);
};

/** Whether a sync that the other site, as the primary, tells of has reached this copy after it stepped down; clocks of two sites may differ. */
export const hasFollowedSince = (
  { followsSince }: Extract<OwnWrites, { state: 'possible' }>,
  lastSync: number | undefined,
): boolean => followsSince !== undefined && lastSync !== undefined && lastSync > followsSince + siteClocksMs;
