import { oneLine } from '../one-line.ts';
import type { PeerView } from '../peer-view.ts';
import type { Member, ReplicationChange, ReplicationFacts } from '../replication-facts.ts';
import { askFor, showBothSites } from './commands.ts';
import { eachMember, type MemberObjection, unknownCause } from './each-member.ts';
import type { GuardRule } from './objection.ts';
import { judgedReplication, startsResync } from './replication-intent.ts';

/** What the other site is, where that is not known to be primary. */
type Doubt = Pick<MemberObjection, 'cause' | 'fact'>;

const unsure = (site: string, about: string, why: string): Doubt => ({
  cause: unknownCause,
  fact: `cannot tell whether ${oneLine(site)} is primary for the volume of ${about} (${oneLine(why)})`,
});

const doubt = (peer: PeerView, about: string, withoutPeer: 'allow' | 'refuse'): Doubt | undefined => {
  switch (peer.state) {
    case 'primary':
      return undefined;
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

const objectTo =
  ({ change, withoutPeer }: ReplicationFacts, by: 'resync' | 'autoResync') =>
  ({ claimName, peer }: Member): MemberObjection | undefined => {
    const about = `claim ${change.namespace}/${claimName}`;
    const found = doubt(peer, about, withoutPeer);
    if (found === undefined) return undefined;
    return {
      ...found,
      about,
      risk: `${by === 'autoResync' ? 'by itself ' : ''}a resync throws this site's copy away to fetch the primary's, and it may be the only good one`,
      next: nextStep(change, by, claimName),
    };
  };

/** DR108. This site's copy is overwritten only while the other site is known to be primary: there is a copy to fetch then. */
export const resyncOfOnlyGoodCopy: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  const by = replication && startsResync(replication.change);
  return replication === undefined || by === undefined
    ? []
    : eachMember(replication, objectTo(replication, by));
};
