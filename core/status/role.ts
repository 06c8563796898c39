import type { Reading } from '../model/reading.ts';
import type { ReplicationState } from '../model/volume-replication.ts';
import { unmetPrerequisite } from '../replication/condition-sets.ts';
import {
  conditionsChangedAt,
  currentCondition,
  isStatusCurrent,
  newest,
  type Replication,
} from './replication.ts';
import { saysVolumeNotFound } from './volume-not-found.ts';

/** What one site is for one volume. */
export type Role = 'primary' | 'secondary' | 'resyncing' | 'none' | 'unknown';

/**
 * How far the site is with what its spec asks for.
 *
 *     ignored ──> changing ──> settled          ignored: no status yet, or one of an older generation
 *                    └─────> failing ──┘        failing: acted on, and the last attempt failed
 */
export type Progress = 'settled' | 'changing' | 'failing' | 'ignored';

/** The role of one site for one volume, with what makes us believe it. */
export type RoleReading = {
  readonly role: Role;
  readonly progress: Progress;
  /** What the spec asks for; undefined where nothing is asked or nothing could be read. */
  readonly wants: ReplicationState | undefined;
  /** One clause: why this role, this progress. */
  readonly why: string;
  /** Milliseconds since the epoch when this progress began; undefined where nobody knows. */
  readonly since: number | undefined;
  /** Both copies are demoted and equal. Only ever seen while no site is primary. */
  readonly inSync: boolean;
};

/** Asked for something, and the driver finds no volume by the handle of the PV here: see `wasNeverFound`. */
export const isUnknownToDriver = ({ role, progress }: Pick<RoleReading, 'role' | 'progress'>): boolean =>
  role === 'none' && progress === 'failing';

/** Asked to become primary, and not promoted: the driver has refused, or was never called. */
export const isPromoteRefused = ({
  role,
  progress,
  wants,
}: Pick<RoleReading, 'role' | 'progress' | 'wants'>): boolean =>
  wants === 'primary' && progress === 'failing' && (role === 'none' || role === 'secondary');

type RoleCheck = (replication: Replication) => (Partial<RoleReading> & { role: Role }) | undefined;

const stateOf = ({ status }: Replication): string => status?.state ?? '';

/** The role that the status, whatever its age, tells. */
const lastKnownRole = (replication: Replication): Role => {
  const roles: Record<string, Role> = { Primary: 'primary', Secondary: 'secondary' };
  return roles[stateOf(replication)] ?? 'unknown';
};

const asked = ({ wants }: Replication): string =>
  wants === 'resync' ? 'asked to resync' : `asked to become ${wants}`;

const neverActedOn: RoleCheck = (replication) =>
  replication.status?.observedGeneration === undefined && stateOf(replication) === ''
    ? {
        role: 'unknown',
        progress: 'ignored',
        since: replication.askedAt,
        why: 'no controller has acted on it yet',
      }
    : undefined;

/**
 * The status answers an older spec. A primary that is to be demoted is still taken for primary, as two primaries are the
 * greater harm; a replica that is to be promoted may be primary by now, so nobody knows.
 */
const statusIsOlderThanSpec: RoleCheck = (replication) => {
  if (isStatusCurrent(replication)) return undefined;
  const last = lastKnownRole(replication);
  const mayBePromoted = last === 'secondary' && replication.wants === 'primary';
  return {
    role: mayBePromoted ? 'unknown' : last,
    progress: 'ignored',
    since: replication.askedAt,
    why: `${asked(replication)}, the controller has not acted on it yet`,
  };
};

/** A resync begins on a replica only, so one that runs tells that this site is no primary, whatever `state` still says. */
const resyncing: RoleCheck = (replication) => {
  const asked =
    replication.wants === 'resync' || (replication.wants === 'secondary' && replication.autoResync);
  const running = currentCondition(replication, 'Resyncing')?.status === 'True';
  if (!asked || !running) return undefined;
  return { role: 'resyncing', progress: 'changing', why: "its copy is being replaced by the primary's" };
};

/**
 * The driver finds no volume by the handle of the PV here, and nothing was ever made of it on this site: it holds no copy under that name, and
 * no call has changed one. State `Unknown` is what a controller writes before it has seen any other.
 */
const wasNeverFound = (replication: Replication, error: string): boolean =>
  ['', 'Unknown'].includes(stateOf(replication)) && saysVolumeNotFound(error);

/**
 * A driver can answer a promote with an error although it happened (recorded from ceph-csi: a warning on stderr became
 * `Internal`). Only a refusal leaves the replica what it was: the driver's, or that of a prerequisite, which calls no driver.
 */
const roleAfterFailure = (
  replication: Replication,
  { completed, error }: { completed: string; error: string },
): Role => {
  const last = lastKnownRole(replication);
  if (completed === unmetPrerequisite) return last;
  if (wasNeverFound(replication, error)) return 'none';
  if (replication.wants === 'primary' && last === 'secondary')
    return error.includes('FailedPrecondition') ? 'secondary' : 'unknown';
  const isResync =
    replication.wants === 'resync' || (replication.wants === 'secondary' && replication.autoResync);
  return isResync && last === 'secondary' ? 'resyncing' : last;
};

const failing: RoleCheck = (replication) => {
  const completed = currentCondition(replication, 'Completed');
  if (completed?.status !== 'False') return undefined;
  const degraded = currentCondition(replication, 'Degraded');
  const error = (degraded?.status === 'True' && degraded.message) || replication.status?.message || '';
  return {
    role: roleAfterFailure(replication, { completed: completed.message, error }),
    progress: 'failing',
    why: replication.status?.message || error.trim() || completed.message,
  };
};

/** A promote need not turn a condition, and one that turns later tells when the driver was through with it. */
const primarySince = (replication: Replication): number | undefined =>
  newest([conditionsChangedAt(replication), replication.askedAt]);

const primary: RoleCheck = (replication) => {
  if (stateOf(replication) !== 'Primary') return undefined;
  return replication.wants === 'primary'
    ? { role: 'primary', progress: 'settled', why: 'promoted', since: primarySince(replication) }
    : { role: 'primary', progress: 'changing', why: asked(replication) };
};

const secondary: RoleCheck = (replication) => {
  if (stateOf(replication) !== 'Secondary') return undefined;
  if (replication.wants === 'primary')
    return { role: 'unknown', progress: 'changing', why: 'being promoted' };
  const inSync =
    currentCondition(replication, 'Degraded')?.status === 'False' &&
    currentCondition(replication, 'Resyncing')?.status !== 'True';
  // A running replica reads Degraded=True for as long as its peer is primary: that is normal.
  return { role: 'secondary', progress: 'settled', inSync, why: inSync ? 'demoted and in sync' : 'demoted' };
};

/** State `Unknown`, or one that nobody has heard of. */
const stateUnknown = (replication: Replication): Partial<RoleReading> & { role: Role } => ({
  role: 'unknown',
  progress: 'changing',
  why: replication.status?.message || `its state reads ${stateOf(replication) || 'nothing'}`,
});

/** In order; the first that has something to say decides. */
const roleChecks: readonly RoleCheck[] = [
  neverActedOn, // no status at all
  statusIsOlderThanSpec, // the status answers an older generation
  failing, // the last attempt failed
  resyncing, // asked to discard its copy, and doing so
  primary, // promoted, or on its way to be demoted
  secondary, // demoted, or on its way to be promoted
];

const firstAnswer = (replication: Replication): Partial<RoleReading> & { role: Role } => {
  for (const check of roleChecks) {
    const found = check(replication);
    if (found !== undefined) return found;
  }
  return stateUnknown(replication);
};

const decide = (replication: Replication): RoleReading => ({
  progress: 'settled',
  since: conditionsChangedAt(replication) ?? replication.askedAt,
  inSync: false,
  why: '',
  wants: replication.wants,
  ...firstAnswer(replication),
});

/**
 * The role of one site for one volume, from spec, status, conditions and observedGeneration together. `known(undefined)`
 * is a site that was read and has no replication for the volume.
 */
export const readRole = (replication: Reading<Replication | undefined>): RoleReading => {
  const idle = { progress: 'settled', wants: undefined, since: undefined, inSync: false } as const;
  if (!replication.known) return { ...idle, role: 'unknown', why: replication.why };
  if (replication.value === undefined) return { ...idle, role: 'none', why: 'not replicated on this site' };
  return decide(replication.value);
};
