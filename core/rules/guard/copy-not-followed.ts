import { type Demotion, hasAllOf, leftNothing } from '../../following/demotion.ts';
import type { Followed } from '../../following/followed.ts';
import { formatAge } from '../../status/age.ts';
import { oneLine } from '../one-line.ts';
import type { LeftCopy } from '../peer-view.ts';
import type { Member, ReplicationFacts } from '../replication-facts.ts';
import { askFor, kubectl, nameReplication, showBothSites, typeAndName } from './commands.ts';
import { eachMember, type MemberObjection, unknownCause } from './each-member.ts';
import type { GuardRule, Objection } from './objection.ts';
import { referenceTo } from './peer-primary.ts';
import { becomesPrimary, judgedReplication, leavesPrimary } from './replication-intent.ts';

// For some 25 s after a promote ceph-csi calls two demoted sides equal though nothing has been replayed since, and promotes the other
// one without force: no call fails, and what was written since the promote is gone (recorded). So it is looked at before.

const lostAtOnce =
  'the other site would be promoted without what was written here since, no call of the driver would fail, and those writes would be lost';

const waitForCopy = ({ change, copy, members }: ReplicationFacts): string => {
  if (copy.isTold && change.kind === 'VolumeReplication')
    return `Wait until it has: ${kubectl(change, `wait ${typeAndName(change)} --for=condition=Followed --timeout=15m`)}`;
  const [only, ...more] = members.known ? members.value : [];
  const claimName = more.length === 0 ? only?.claimName : undefined;
  return `Wait until a sync is known that is later than its promote: ${showBothSites(change.namespace, claimName)}`;
};

const sinceWhen = (since: number | undefined, now: number): string =>
  since === undefined ? '' : ` (${formatAge(Math.max(0, now - since))} ago)`;

const notFollowed = (followed: Exclude<Followed, { state: 'yes' }>, name: string, now: number): string => {
  if (followed.state === 'unknown')
    return `cannot tell whether the other site has followed ${name} since it became primary (${oneLine(followed.why)})`;
  const when = sinceWhen(followed.since, now);
  return followed.isLost
    ? `the other site followed ${name}, and the driver tells of no sync any more (seen${when})`
    : `the other site has not followed ${name} since it became primary${when}`;
};

/**
 * Beside a second primary nothing is handed over: whoever steps down keeps what was written there, until that copy is given up (DR108).
 */
const stepsDownBesidePrimary = ({ members }: ReplicationFacts): boolean =>
  members.known &&
  members.value.length > 0 &&
  members.value.every(({ peer }) => peer.state === 'primary' && peer.by !== 'spec');

/** A primary that steps down before the other site has anything that was written since it became primary. */
const objectToDemotion = (facts: ReplicationFacts): readonly Objection[] => {
  const { change, copy, consent } = facts;
  const { followed } = copy;
  const wasPrimary = change.before?.replicationState === 'primary' || change.state === 'Primary';
  if (!wasPrimary || !leavesPrimary(change) || followed.state === 'yes') return [];
  if (stepsDownBesidePrimary(facts)) return [];
  const fact = notFollowed(followed, nameReplication(change), consent.now);
  return [{ fact, risk: lostAtOnce, next: waitForCopy(facts) }];
};

const lostWith =
  'what was written there since it became primary is not here, and is lost once this site is primary';

const whyIncomplete = (demotion: Demotion, site: string): string =>
  demotion.kind === 'marked' && demotion.followed === 'no'
    ? `${site} was demoted before this site had followed it`
    : `nothing tells whether this site had followed ${site} when that was demoted`;

const objectToPromotion =
  ({ copy: { demotion: own } }: ReplicationFacts, namespace: string) =>
  ({ claimName, peer }: Member): MemberObjection | undefined => {
    const left: LeftCopy | undefined = peer.state === 'not-primary' ? peer.left : undefined;
    if (left === undefined || peer.state !== 'not-primary') return undefined;
    const { demotion } = left;
    if (hasAllOf(own, demotion)) return undefined;
    const there = referenceTo({ ...left, site: peer.site });
    return {
      cause: demotion.kind === 'marked' && demotion.followed === 'no' ? 'not followed' : unknownCause,
      about: `claim ${namespace}/${claimName}`,
      fact: leftNothing(demotion)
        ? `this site was demoted before ${oneLine(peer.site)} had followed it, and ${oneLine(peer.site)} was primary after that (${nameReplication(there)} there)`
        : `${whyIncomplete(demotion, oneLine(peer.site))} (${nameReplication(there)} there)`,
      risk: lostWith,
      next: `Make it primary there again, and demote it once this site has followed: ${askFor(there, { replicationState: 'primary' })}`,
    };
  };

/**
 * DR113. Neither is a primary demoted that no copy has followed since its promote, nor becomes the other site primary after that: what a
 * driver says of such a pair is not to be believed.
 */
export const copyNotFollowed: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  if (replication === undefined) return [];
  const { change } = replication;
  return becomesPrimary(change)
    ? eachMember(replication, objectToPromotion(replication, change.namespace))
    : objectToDemotion(replication);
};
