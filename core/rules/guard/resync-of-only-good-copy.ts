import { hasFollowedSince } from '../../following/own-writes.ts';
import { oneLine } from '../one-line.ts';
import type { PeerView } from '../peer-view.ts';
import type { Member, ReplicationChange, ReplicationFacts } from '../replication-facts.ts';
import { askFor, nameReplication, showBothSites, waitFor } from './commands.ts';
import { eachMember, type MemberObjection, unknownCause } from './each-member.ts';
import type { GuardRule } from './objection.ts';
import { type PeerPrimary, referenceTo } from './peer-primary.ts';
import { judgedReplication, startsResync } from './replication-intent.ts';

/** What the other site is, where it is not known to be primary and to stay so, and what to do about that first. */
type Doubt = Pick<MemberObjection, 'cause' | 'fact'> & { readonly first?: string };

const unsure = (site: string, about: string, why: string): Doubt => ({
  cause: unknownCause,
  fact: `cannot tell whether ${oneLine(site)} is primary for the volume of ${about} (${oneLine(why)})`,
});

/** A primary by its spec alone may still be refused by its driver; one by its status alone is about to step down. */
const doubtPrimary = (peer: PeerPrimary, about: string): Doubt | undefined => {
  const there = referenceTo(peer);
  const [cause, site, name] = [`primary by ${peer.by}`, oneLine(peer.site), nameReplication(there)];
  if (peer.by === 'both') return undefined;
  return peer.by === 'spec'
    ? {
        cause,
        fact: `${site} is to become primary for the volume of ${about}, and is not yet (${name} there)`,
        first: `Wait until it is: ${waitFor('Primary', there)}`,
      }
    : { cause, fact: `${site} is primary for the volume of ${about}, but is to step down (${name} there)` };
};

const doubt = (peer: PeerView, about: string, withoutPeer: 'allow' | 'refuse'): Doubt | undefined => {
  switch (peer.state) {
    case 'primary':
      return doubtPrimary(peer, about);
    case 'not-primary':
      return {
        cause: 'not primary',
        fact: `${oneLine(peer.site)} is not primary for the volume of ${about}`,
      };
    case 'unknown':
      return unsure(peer.site, about, peer.why);
    case 'not-asked':
      return unsure('the other site', about, 'nobody asked it');
    case 'not-configured':
      return withoutPeer === 'allow'
        ? undefined
        : unsure('another site', about, 'no peer is configured, and --without-peer=refuse');
  }
};

const nextStep = (change: ReplicationChange, by: 'resync' | 'autoResync', claimName: string): string => {
  const look = `Make the good copy primary first; both sites: ${showBothSites(change.namespace, claimName)}`;
  if (by === 'resync') return look;
  if (change.operation === 'CREATE')
    return 'Create it with autoResync: false, and set it once the other site is primary';
  const wish = { replicationState: 'secondary', autoResync: false } as const;
  return `Leave autoResync off until the other site is primary: ${askFor(change, wish)}`;
};

const risks = {
  resync: "a resync throws this site's copy away to fetch the primary's, and it may be the only good one",
  autoResync:
    "with autoResync this site's copy can be thrown away to fetch the primary's, and it may be the only good one",
} as const;

const ownRisks = {
  resync: 'a resync throws them away',
  autoResync: 'with autoResync they can be thrown away',
} as const;

/** The other site is primary, and this one was: the copy there is good, and yet this one may hold what that never got. */
const whileOwnWrites = (
  { change, ownWrites }: ReplicationFacts,
  by: 'resync' | 'autoResync',
  { claimName, peer }: Member,
): MemberObjection | undefined => {
  if (ownWrites.state === 'none' || peer.state !== 'primary') return undefined;
  if (hasFollowedSince(ownWrites, peer.lastSync)) return undefined;
  const about = `claim ${change.namespace}/${claimName}`;
  const look = showBothSites(change.namespace, claimName);
  return {
    cause: 'own writes',
    about,
    fact: `${nameReplication(change)} ${ownWrites.why}: its copy of the volume of ${about} may hold writes that ${oneLine(peer.site)} never got`,
    risk: ownRisks[by],
    next:
      by === 'autoResync' && change.operation === 'UPDATE'
        ? `Leave autoResync off: ${askFor(change, { replicationState: 'secondary', autoResync: false })}`
        : `See first whether they are wanted; both sites: ${look}`,
  };
};

const objectTo =
  (facts: ReplicationFacts, by: 'resync' | 'autoResync') =>
  (member: Member): MemberObjection | undefined => {
    const { change, withoutPeer } = facts;
    const { claimName, peer } = member;
    const about = `claim ${change.namespace}/${claimName}`;
    const found = doubt(peer, about, withoutPeer);
    if (found === undefined) return whileOwnWrites(facts, by, member);
    const { first, ...objection } = found;
    return {
      ...objection,
      about,
      risk: risks[by],
      next: first ?? nextStep(change, by, claimName),
    };
  };

/**
 * DR108. This site's copy is overwritten only while the other site is known to be primary, by spec and status: there is a copy to fetch
 * then. A copy that was primary itself, and has not followed that one since, holds writes that go with it all the same.
 */
export const resyncOfOnlyGoodCopy: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  const by = replication && startsResync(replication.change);
  return replication === undefined || by === undefined
    ? []
    : eachMember(replication, objectTo(replication, by));
};
