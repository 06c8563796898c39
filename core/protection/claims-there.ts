import {
  type PersistentVolume,
  type VolumeIdentity,
  volumeIdentityKey,
  volumeIdentityOf,
} from '../model/persistent-volume.ts';
import type { PeerView } from '../rules/peer-view.ts';
import { type Candidate, viewOfPeer } from '../rules/view-of-peer.ts';
import {
  type ClaimKey,
  claimKeyText,
  claimsOfPersistentVolume,
  claimsOfVolume,
  type VolumeLookup,
} from './claims-of-volume.ts';
import type { PeerQuestion } from './peer-question.ts';
import { protectorsOf, type ReplicationLookup } from './protectors.ts';

/** A claim over there, and why it is not certain that it has the volume that is asked about. */
export type ClaimThere = { readonly key: ClaimKey; readonly doubt: string | undefined };

/** Claims that have the volume for certain: as the caches know it, and as the PV of the same name says now. */
const claimsOfIdentity = (
  lookup: VolumeLookup,
  identity: VolumeIdentity,
  live: PersistentVolume | undefined,
): readonly ClaimKey[] => {
  const liveIdentity = live && volumeIdentityOf(live);
  const isSame =
    live !== undefined &&
    liveIdentity !== undefined &&
    volumeIdentityKey(liveIdentity) === volumeIdentityKey(identity);
  const keys = [
    ...claimsOfVolume(lookup, identity),
    ...(isSame ? claimsOfPersistentVolume(lookup, live) : []),
  ];
  return [...new Map(keys.map((key) => [claimKeyText(key), key])).values()];
};

/** Why the claim of the same name over there may have the volume, although nothing says so; undefined where it has another. */
const doubtOfNamesake = (lookup: VolumeLookup, { identity, claim }: PeerQuestion): string | undefined => {
  if (identity === undefined) return 'the claim here has no volume yet, so that it may be the same';
  const there = lookup.claim(claim);
  if (there === undefined) return 'the claim there is missing, so that it may get this volume';
  const volumeName = there.spec?.volumeName;
  if (!volumeName) return 'the claim there is not bound yet, so that it may get this volume';
  return lookup.volume(volumeName) === undefined
    ? `PV ${volumeName} of the claim there is not in view yet, so that it may be this volume`
    : undefined;
};

/** The claims of the other site that have the volume, or may have it; `live`: the PV of the same name as it was just read. */
export const claimsThere = (
  lookup: VolumeLookup,
  question: PeerQuestion,
  live: PersistentVolume | undefined,
): readonly ClaimThere[] => {
  const { identity, claim } = question;
  const certain = identity === undefined ? [] : claimsOfIdentity(lookup, identity, live);
  const claims: ClaimThere[] = certain.map((key) => ({ key, doubt: undefined }));
  if (certain.some((key) => claimKeyText(key) === claimKeyText(claim))) return claims;
  const doubt = doubtOfNamesake(lookup, question);
  return doubt === undefined ? claims : [...claims, { key: claim, doubt }];
};

/** Why the other site cannot be asked: it is this very cluster; undefined where it is another one. */
export const whySameCluster = (
  lookup: Pick<VolumeLookup, 'claim'>,
  { claim }: PeerQuestion,
): string | undefined =>
  claim.uid && lookup.claim(claim)?.metadata.uid === claim.uid
    ? `it is this very cluster: claim ${claimKeyText(claim)} there has the same uid; name the other site's kubeconfig and context`
    : undefined;

/** What the other site is for a volume, from the replications of the claims that have it there. */
export const viewOfClaims = (
  site: string,
  claims: readonly ClaimThere[],
  lookup: Pick<VolumeLookup, 'claim'> & ReplicationLookup,
): PeerView => {
  const candidates: Candidate[] = [];
  for (const { key, doubt } of claims) {
    const protectors = protectorsOf(lookup, key, lookup.claim(key));
    if (!protectors.known) return { state: 'unknown', site, why: `${site}: ${protectors.why}` };
    for (const protector of protectors.value) candidates.push({ protector, doubt });
  }
  return viewOfPeer(site, candidates);
};
