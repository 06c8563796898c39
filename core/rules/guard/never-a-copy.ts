import { volumeIdentityOf, volumeIdentityText } from '../../model/persistent-volume.ts';
import { oneLine } from '../one-line.ts';
import type { AnotherVolume, PeerView } from '../peer-view.ts';
import type { Member } from '../replication-facts.ts';
import { nameReplication, showBothSites } from './commands.ts';
import { eachMember, type MemberObjection } from './each-member.ts';
import type { GuardRule, Objection } from './objection.ts';
import { referenceTo } from './peer-primary.ts';
import { becomesPrimary, judgedReplication } from './replication-intent.ts';

/** The other volume of the name, and where it is; undefined where the other site has none, or tells nothing. */
export const anotherIn = (
  view: PeerView,
): { readonly site: string; readonly another: AnotherVolume } | undefined =>
  'another' in view && view.another !== undefined ? { site: view.site, another: view.another } : undefined;

/** What stands against a promote of the volume of a claim, whose name is that of another, protected volume on the other site. */
export const objectToAnother = (
  claim: { readonly namespace: string; readonly name: string },
  volume: Member['volume'],
  { site, another }: { readonly site: string; readonly another: AnotherVolume },
): Objection => {
  const identity = volume.known && volume.value !== undefined ? volumeIdentityOf(volume.value) : undefined;
  const own = identity === undefined ? 'the one here' : oneLine(volumeIdentityText(identity));
  const there = nameReplication(referenceTo({ ...another, site }));
  return {
    fact: `claim ${another.claim} of ${oneLine(site)} has another volume (${oneLine(volumeIdentityText(another.identity))}), protected by ${there}: ${own} was never a copy of it`,
    risk: `the application would run on other data, and what was written on ${oneLine(site)} would be left behind`,
    next: `Delete the claim that is not wanted, if nothing needs its data, and restore the copy in its place; both: ${showBothSites(claim.namespace, claim.name)}`,
  };
};

const objectTo =
  (namespace: string) =>
  ({ claimName, volume, peer }: Member): MemberObjection | undefined => {
    const found = anotherIn(peer);
    if (found === undefined) return undefined;
    const claim = { namespace, name: claimName };
    return {
      ...objectToAnother(claim, volume, found),
      cause: 'another volume',
      about: `claim ${namespace}/${claimName}`,
    };
  };

/** DR115. A thing of the same name is not the copy: a volume that was never a replica of the one that is protected under its name is not promoted. */
export const neverACopy: GuardRule = (facts) => {
  const replication = judgedReplication(facts);
  return replication === undefined || !becomesPrimary(replication.change)
    ? []
    : eachMember(replication, objectTo(replication.change.namespace));
};
