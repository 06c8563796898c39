import { oneLine } from '../one-line.ts';
import type { PeerView } from '../peer-view.ts';
import type { Member, ReplicationFacts } from '../replication-facts.ts';
import {
  askFor,
  nameReplication,
  type ReplicationReference,
  showBothSites,
  waitForSecondary,
} from './commands.ts';
import { andSoForEach, eachMember, type MemberObjection, unknownCause } from './each-member.ts';
import type { GuardRule } from './objection.ts';
import { becomesPrimary, judgedReplication } from './replication-intent.ts';

type PeerPrimary = Extract<PeerView, { state: 'primary' }>;

const splitBrain = "both sites would write, and one side's writes are lost when they are joined again";

/** What names the other site's replication there; the view holds `namespace/name`. */
const referenceTo = ({
  site,
  replication,
  kind = 'VolumeReplication',
}: PeerPrimary): ReplicationReference => {
  const slash = replication.indexOf('/');
  return { site, kind, namespace: replication.slice(0, slash), name: replication.slice(slash + 1) };
};

const whilePrimary = (peer: PeerPrimary, about: string): MemberObjection => {
  const there = referenceTo(peer);
  const site = oneLine(peer.site);
  return peer.by === 'spec'
    ? {
        cause: 'primary by spec',
        about,
        fact: `${site} is primary for the volume of ${about} (${nameReplication(there)} there asks for primary)`,
        risk: splitBrain,
        next: andSoForEach(`Demote it there first: ${askFor(there, { replicationState: 'secondary' })}`),
      }
    : {
        cause: 'primary by status',
        about,
        fact: `${site} is still primary for the volume of ${about} (${nameReplication(there)} there has not stepped down yet)`,
        risk: splitBrain,
        next: andSoForEach(`Wait until it has: ${waitForSecondary(there)}`),
      };
};

const whileUnknown = (
  { site, why }: { readonly site: string; readonly why: string },
  { about, next }: Pick<MemberObjection, 'about' | 'next'>,
): MemberObjection => ({
  cause: unknownCause,
  about,
  fact: `cannot tell whether ${oneLine(site)} is primary for the volume of ${about} (${oneLine(why)})`,
  risk: `if it is, ${splitBrain}`,
  next,
});

const objectTo =
  ({ change, withoutPeer }: ReplicationFacts) =>
  ({ claimName, peer }: Member): MemberObjection | undefined => {
    const about = `claim ${change.namespace}/${claimName}`;
    const look = showBothSites(change.namespace, claimName);
    switch (peer.state) {
      case 'primary':
        return whilePrimary(peer, about);
      case 'unknown':
        return whileUnknown(peer, {
          about,
          next: `Get an answer from it first; both sites: ${look}`,
        });
      case 'not-asked': {
        const nobody = { site: 'the other site', why: 'nobody asked it' };
        return whileUnknown(nobody, { about, next: `Try again; both sites: ${look}` });
      }
      case 'not-configured': {
        if (withoutPeer === 'allow') return undefined;
        const nobody = { site: 'another site', why: 'no peer is configured, and --without-peer=refuse' };
        return whileUnknown(nobody, {
          about,
          next: 'Name the other site: dr-webhook --peer-kubeconfig=<file> --peer-context=<context>',
        });
      }
      case 'not-primary':
        return undefined;
    }
  };

/**
 * DR102. No volume becomes primary while the other site is, or may be. A driver cannot tell: ceph-csi answers a promote
 * the same whether its peer is dead or healthy and primary (recorded), so this look is all there is.
 */
export const otherSiteMayBePrimary: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  if (replication === undefined || !becomesPrimary(replication.change)) return [];
  return eachMember(replication, objectTo(replication));
};
