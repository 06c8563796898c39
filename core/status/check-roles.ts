import { type Demotion, hasAllOf } from '../following/demotion.ts';
import { volumeIdentityText } from '../model/persistent-volume.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import { formatAge } from './age.ts';
import { staleSideOf } from './check-operation.ts';
import { drCommand } from './dr-command.ts';
import { onlyPrimaryOf, type PairFacts, type SideFacts, sidesOf } from './facts.ts';
import { askForState, describeClaim, describeReplication, probeSite, whoAmI } from './next-command.ts';
import { forAge, lastsTooLong, longestSo } from './patience.ts';
import { type Verdict, type VerdictCheck, verdict } from './verdict.ts';

// Checks of who is what: what can be read, how many primaries there are, whether the two sides are one volume.

/** A site that was not read may hold anything, another primary too. */
export const siteUnreadable: VerdictCheck = (facts) => {
  const side = sidesOf(facts).find(({ unreadable }) => unreadable !== undefined);
  if (side === undefined) return undefined;
  const others = sidesOf(facts).filter((other) => other !== side && other.unreadable === undefined);
  const primary = others.find(({ role }) => role.role === 'primary');
  const [other] = others;
  const takeover =
    other?.volume && drCommand(other.site, 'failover', { namespace: facts.namespace, name: facts.claimName });
  if (side.isRefused)
    return verdict('Unknown', {
      reason: 'SiteRefuses',
      message: `${side.site.name} cannot be read (${side.unreadable}): that is no sign that it is lost, it may be primary and well; log in again`,
      next: whoAmI(side),
    });
  const consequence =
    primary !== undefined
      ? 'it may be primary, too'
      : takeover === undefined
        ? 'what a failover would lose is unknown'
        : `if it is lost, "${takeover}" shows what is at risk before it asks`;
  return verdict('Unknown', {
    reason: 'SiteUnreadable',
    message: `${side.site.name} cannot be read (${side.unreadable}): ${consequence}`,
    next: probeSite(side),
  });
};

/** Both sites take writes: each further write makes the two copies differ more. */
export const splitBrain: VerdictCheck = (facts) => {
  const primaries = sidesOf(facts).filter(({ role }) => role.role === 'primary');
  const [first, second] = primaries;
  if (first === undefined || second === undefined || facts.unmatched !== undefined) return undefined;
  const since = primaries.map(
    ({ site, role }) =>
      `${site.name}${role.since === undefined ? '' : ` for ${formatAge(facts.now - role.since)}`}`,
  );
  const stale = staleSideOf(facts);
  if (stale !== undefined)
    return verdict('SplitBrain', {
      reason: 'TwoPrimaries',
      message: `both sites are primary (${since.join(', ')}): ${stale.site.name} was left behind by a failover and has the older copy: stop the pods there, then fail back`,
      next: drCommand(stale === first ? second.site : first.site, 'failback', {
        namespace: facts.namespace,
        name: facts.claimName,
      }),
    });
  const [one, other] = [first, second].map((side) => askForState(side, 'secondary'));
  return verdict('SplitBrain', {
    reason: 'TwoPrimaries',
    message: `both sites are primary (${since.join(', ')}): stop the pods on the side to give up, then make it secondary: ${one}; or ${other}`,
    next: describeClaim(first),
  });
};

/** Nothing protects the volume anywhere. */
export const notReplicated: VerdictCheck = (facts) => {
  if (sidesOf(facts).some(({ volume }) => volume?.replication !== undefined)) return undefined;
  return verdict('Unprotected', {
    reason: 'NoReplication',
    message: 'no VolumeReplication or VolumeGroupReplication names this claim',
  });
};

/** One is primary and the other is asked to be: a driver that is forced to would make two primaries. */
export const twoWantPrimary: VerdictCheck = (facts) => {
  const primary = onlyPrimaryOf(facts);
  const other = sidesOf(facts).find((side) => side !== primary);
  if (primary?.role.wants !== 'primary' || other?.role.wants !== 'primary') return undefined;
  return verdict('Degraded', {
    reason: 'TwoWantPrimary',
    message: `${other.site.name} is asked to become primary while ${primary.site.name} is: make ${other.site.name} secondary again`,
    next: askForState(other, 'secondary'),
  });
};

/** The identity rules; equal names may be different volumes. One site alone has nothing to be matched with. */
export const identityUnknown: VerdictCheck = (facts) => {
  if (facts.there === undefined || facts.unmatched === undefined) return undefined;
  return verdict('Unknown', {
    reason: 'IdentityUnknown',
    message: `the two sites are matched by name only: ${facts.unmatched}`,
    next: describeClaim(facts.here) ?? describeClaim(facts.there),
  });
};

/** The name is what people and failovers go by: behind it there is another volume on each site, and neither is a copy of the other. */
export const anotherVolume: VerdictCheck = ({ another, here, there, namespace, claimName }) => {
  if (another === undefined) return undefined;
  const own = [here, there].find((side) => side?.volume !== undefined);
  const identity = own?.volume?.identity.known ? ` (${volumeIdentityText(own.volume.identity.value)})` : '';
  return verdict('Degraded', {
    reason: 'AnotherVolume',
    message: oneLine(
      `claim ${namespace}/${claimName} of ${another.site.name} has another volume (${volumeIdentityText(another.identity)}), which is no copy of the one of ${own?.site.name ?? 'the other site'}${identity}: no move can bring this one there under its name`,
      600,
    ),
    next: `${another.site.kubectl} -n ${shellWord(namespace)} describe pvc ${shellWord(claimName)}`,
  });
};

/** With one site known, a replica says nothing about its primary. */
export const replicaWithoutPeer: VerdictCheck = (facts) => {
  if (facts.there !== undefined || facts.here.role.role === 'primary') return undefined;
  return verdict('Unknown', {
    reason: 'NoPeer',
    message: `${facts.here.site.name} holds the replica, and no other site is known: name it with --peer-context`,
  });
};

/** A side that cannot be promoted without loss, and the one that can. */
type Left = { readonly last: SideFacts; readonly message: string };

/** Of the sides that tell of their demotion, the one that was demoted last, where the two copies differ: it is promoted again. */
const leftUnfollowed = (sides: readonly SideFacts[]): Left | undefined => {
  const marked = sides.flatMap((side) => {
    const demotion = side.volume?.replication?.demotion;
    return demotion?.kind === 'marked' ? [{ side, demotion }] : [];
  });
  const [last, before] = marked.toSorted((a, b) => b.demotion.at - a.demotion.at);
  if (last === undefined) return undefined;
  const name = last.side.site.name;
  if (last.demotion.followed === 'no') {
    const message = `${name} was demoted before the other site had followed it, and holds what that one lacks`;
    return { last: last.side, message };
  }
  if (before?.demotion.followed !== 'no') return undefined;
  const other = before.side.site.name;
  const message = `${other} was demoted before ${name} had followed it, and ${name} was primary after that: the copies differ`;
  return { last: last.side, message };
};

/** One side shows nothing of the other: whether that has a copy, or had its own removed as the protection ended, cannot be told from here. */
const demotedAlone = (facts: PairFacts, side: SideFacts, { site: other }: SideFacts): Verdict => {
  const key = { namespace: facts.namespace, name: side.volume?.claimName ?? facts.claimName };
  const [again, end] = (['promote', 'unprotect'] as const).map((verb) => drCommand(side.site, verb, key));
  return verdict('NoPrimary', {
    reason: 'OneSided',
    message: `no site is primary: ${side.site.name} is demoted, and ${other.name} has no replication of the volume, so that nobody can tell whether both copies are there. To run it here again: ${again}. Only if the protection was ended there, end it here: ${end}`,
    next: describeReplication(side),
  });
};

const demotionOfSide = ({ volume }: SideFacts): Demotion =>
  volume?.replication?.demotion ?? { kind: 'never' };

/** Both drivers call the copies equal; by what was noted of the demotions that may be true of one side alone, or be worth nothing (DR113). */
const demotedInSync = (demoted: readonly SideFacts[]): Verdict => {
  const whole = demoted.filter((side) =>
    demoted.every((other) => other === side || hasAllOf(demotionOfSide(side), demotionOfSide(other))),
  );
  const [first] = whole;
  if (first === undefined) {
    const [last] = demoted.toSorted((a, b) => demotedAt(b) - demotedAt(a)) as [SideFacts];
    return verdict('NoPrimary', {
      reason: 'NotTold',
      message: `no site is primary, and nothing tells whether the other site had everything when ${last.site.name} was demoted, whatever the drivers call equal: promote ${last.site.name} again`,
      next: askForState(last, 'primary'),
    });
  }
  const message =
    whole.length === demoted.length
      ? 'no site is primary, the copies are in sync: promote the side that is to run the application'
      : `no site is primary, and ${first.site.name} has everything that was written: promote it`;
  return verdict('NoPrimary', { reason: 'InSync', message, next: askForState(first, 'primary') });
};

const demotedAt = (side: SideFacts): number => {
  const demotion = demotionOfSide(side);
  return demotion.kind === 'never' ? 0 : (demotion.at ?? 0);
};

/** Both copies are demoted: the middle of a planned move, or a move that stopped there. */
export const noPrimary: VerdictCheck = (facts) => {
  if (sidesOf(facts).some(({ role }) => role.role === 'primary')) return undefined;
  const demoted = sidesOf(facts).filter(({ volume }) => volume?.replication !== undefined);
  const [side] = demoted;
  if (side === undefined) return undefined;
  const left = leftUnfollowed(demoted);
  if (left !== undefined)
    return verdict('NoPrimary', {
      reason: 'LeftUnfollowed',
      message: `no site is primary: ${left.message}: promote ${left.last.site.name} again`,
      next: askForState(left.last, 'primary'),
    });
  const other = sidesOf(facts).find((it) => it !== side);
  const waiting = longestSo(demoted.filter(({ role }) => !role.inSync));
  if (waiting === undefined && demoted.length === 1 && other !== undefined)
    return demotedAlone(facts, side, other);
  if (waiting === undefined) return demotedInSync(demoted);
  const message = `no site is primary: ${waiting.site.name} has been catching up${forAge(waiting.role.since, facts.now)}`;
  return lastsTooLong(waiting, facts.now)
    ? verdict('NoPrimary', { reason: 'NotInSync', message, next: describeReplication(waiting) })
    : verdict('Moving', { reason: 'Demoted', message, next: describeReplication(waiting) });
};
