import { leftNothing } from '../following/demotion.ts';
import { millisecondsOf } from '../model/api-time.ts';
import { known } from '../model/reading.ts';
import { type Protector, replicationOfProtector } from '../protection/protectors.ts';
import { isStatusCurrent } from '../status/replication.ts';
import { readRole } from '../status/role.ts';
import type { PeerView } from './peer-view.ts';

/** A replication of the other site for the volume that is asked about. */
export type Candidate = {
  readonly protector: Protector;
  /** Undefined: it has the same volume. Else why that is not certain, as one clause; only the names agree then. */
  readonly doubt: string | undefined;
};

/** What a site that was asked is for a volume. */
export type View = Extract<PeerView, { state: 'primary' | 'not-primary' | 'unknown' }>;

/** The most dangerous first. */
const order: readonly View['state'][] = ['primary', 'unknown', 'not-primary'];

const primaryBy = (wants: boolean, isCurrent: boolean): 'both' | 'spec' | 'status' => {
  if (!wants) return 'status';
  return isCurrent ? 'both' : 'spec';
};

const viewOfOne = (site: string, { protector, doubt }: Candidate): View => {
  const replication = replicationOfProtector(protector);
  const { role, why } = readRole(known(replication));
  const name = `${replication.namespace}/${replication.name}`;
  const wantsPrimary = replication.wants === 'primary';
  if (wantsPrimary || role === 'primary') {
    if (doubt !== undefined)
      return {
        state: 'unknown',
        site,
        why: `${protector.kind} ${name} there is primary or to become so, and ${doubt}`,
      };
    const by = primaryBy(wantsPrimary, role === 'primary' && isStatusCurrent(replication));
    const lastSync = millisecondsOf(replication.status?.lastSyncTime);
    return {
      state: 'primary',
      site,
      replication: name,
      kind: protector.kind,
      by,
      ...(lastSync === undefined ? {} : { lastSync }),
    };
  }
  if (role === 'unknown') return { state: 'unknown', site, why: `${protector.kind} ${name} there: ${why}` };
  const isResynced = replication.wants === 'resync';
  // What is asked to fetch the other copy was given up when that was asked for.
  if (isResynced || replication.demotion.kind === 'never') return { state: 'not-primary', site };
  const left = { replication: name, kind: protector.kind, demotion: replication.demotion };
  return { state: 'not-primary', site, left };
};

/** Of several that are demoted, the one that may hold what no other has comes first. */
const rankOf = (view: View): number => {
  const place = order.indexOf(view.state);
  if (view.state !== 'not-primary' || view.left === undefined) return place;
  return place - (leftNothing(view.left.demotion) ? 0.25 : 0.5);
};

/**
 * What the other site is for a volume, from all its replications of that volume: primary as soon as one is or is to be, not
 * primary only if each has settled as something else, or there is none.
 */
export const viewOfPeer = (site: string, candidates: readonly Candidate[]): View => {
  const views = candidates.map((candidate) => viewOfOne(site, candidate));
  const worst = views.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
  return worst ?? { state: 'not-primary', site };
};
