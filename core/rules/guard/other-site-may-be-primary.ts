import { oneLine } from '../one-line.ts';
import type { Member, ReplicationFacts } from '../replication-facts.ts';
import { askFor, nameReplication, showBothSites, waitFor } from './commands.ts';
import { andSoForEach, eachMember, type MemberObjection, unknownCause } from './each-member.ts';
import type { GuardRule } from './objection.ts';
import { type PeerPrimary, referenceTo } from './peer-primary.ts';
import { becomesPrimary, judgedReplication } from './replication-intent.ts';

const splitBrain = "both sites would write, and one side's writes are lost when they are joined again";

const whilePrimary = (peer: PeerPrimary, about: string): MemberObjection => {
  const there = referenceTo(peer);
  const [site, name] = [oneLine(peer.site), nameReplication(there)];
  const says = {
    spec: `${site} is to become primary for the volume of ${about} (${name} there asks for it)`,
    status: `${site} is still primary for the volume of ${about} (${name} there has not stepped down yet)`,
    both: `${site} is primary for the volume of ${about} (by ${name} there)`,
  };
  const next =
    peer.by === 'status'
      ? `Wait until it has: ${waitFor('Secondary', there)}`
      : `Demote it there first: ${askFor(there, { replicationState: 'secondary' })}`;
  return {
    cause: `primary by ${peer.by}`,
    about,
    fact: says[peer.by],
    risk: splitBrain,
    next: andSoForEach(next),
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
          next: `${peer.isCutShort === true ? 'Try again in a moment' : 'Get an answer from it first'}; both sites: ${look}`,
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
