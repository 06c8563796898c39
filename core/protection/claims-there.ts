import {
  type PersistentVolume,
  type VolumeIdentity,
  volumeIdentityKey,
  volumeIdentityOf,
  volumeIdentityText,
} from '../model/persistent-volume.ts';
import { compareVolumes } from '../model/same-volume.ts';
import { oneLine } from '../rules/one-line.ts';
import type { AnotherVolume, PeerView } from '../rules/peer-view.ts';
import { type Candidate, viewOfPeer } from '../rules/view-of-peer.ts';
import {
  type ClaimKey,
  claimKeyText,
  claimsOfPersistentVolume,
  claimsOfVolume,
  type VolumeLookup,
} from './claims-of-volume.ts';
import { identityKeysOf } from './keys-of-volume.ts';
import type { PeerQuestion } from './peer-question.ts';
import { type Protector, protectorsOf, type ReplicationLookup } from './protectors.ts';

/** A claim over there, and whether it has the volume that is asked about. */
export type ClaimThere =
  | { readonly key: ClaimKey; readonly has: 'same' }
  /** `doubt`: why that is not certain, one clause. */
  | {
      readonly key: ClaimKey;
      readonly has: 'maybe';
      readonly doubt: string;
      readonly identity?: VolumeIdentity;
    }
  /** The claim of the same name has another volume. */
  | { readonly key: ClaimKey; readonly has: 'other'; readonly identity: VolumeIdentity };

const namesOf = ({ identity, destination }: PeerQuestion): readonly VolumeIdentity[] => {
  if (identity === undefined) return [];
  return destination ? [identity, { ...identity, volumeHandle: destination }] : [identity];
};

/** Claims that have the volume for certain: as the caches know it, and as the PV of the same name says now. */
const claimsOfIdentity = (
  lookup: VolumeLookup,
  question: PeerQuestion,
  live: PersistentVolume | undefined,
): readonly ClaimKey[] => {
  const names = namesOf(question);
  const liveKeys = live === undefined ? [] : identityKeysOf(live);
  const keys = [
    ...names.flatMap((identity) => claimsOfVolume(lookup, identity)),
    ...(live !== undefined && names.some((identity) => liveKeys.includes(volumeIdentityKey(identity)))
      ? claimsOfPersistentVolume(lookup, live)
      : []),
  ];
  return [...new Map(keys.map((key) => [claimKeyText(key), key])).values()];
};

type Doubtful = Extract<ClaimThere, { has: 'maybe' }>;

const inDoubt = (key: ClaimKey, doubt: string): Doubtful => ({ key, has: 'maybe', doubt });

/** What the claim of the same name over there has, where that is not the volume for certain; undefined where nobody could mirror it. */
const namesakeThere = (
  lookup: VolumeLookup,
  { identity, destination, claim }: PeerQuestion,
): ClaimThere | undefined => {
  if (identity === undefined)
    return inDoubt(claim, 'the claim here has no volume yet, so that it may be the same');
  const there = lookup.claim(claim);
  if (there === undefined)
    return inDoubt(claim, 'the claim there is missing, so that it may get this volume');
  const volumeName = there.spec?.volumeName;
  if (!volumeName) return inDoubt(claim, 'the claim there is not bound yet, so that it may get this volume');
  const volume = lookup.volume(volumeName);
  if (volume === undefined)
    return inDoubt(
      claim,
      `PV ${volumeName} of the claim there is not in view yet, so that it may be this volume`,
    );
  const other = volumeIdentityOf(volume);
  if (other === undefined) return undefined;
  if (compareVolumes({ ...identity, destination }, other) === 'other')
    return { key: claim, has: 'other', identity: other };
  const [here, over] = [identity, other].map((it) => oneLine(volumeIdentityText(it)));
  return {
    ...inDoubt(
      claim,
      `nothing tells whether volume ${over} of the claim of that name there is volume ${here} of the claim here`,
    ),
    identity: other,
  };
};

/** The claims of the other site that have the volume, or may have it; `live`: the PV of the same name as it was just read. */
export const claimsThere = (
  lookup: VolumeLookup,
  question: PeerQuestion,
  live: PersistentVolume | undefined,
): readonly ClaimThere[] => {
  const { claim } = question;
  const certain = claimsOfIdentity(lookup, question, live);
  const claims: ClaimThere[] = certain.map((key) => ({ key, has: 'same' }));
  if (certain.some((key) => claimKeyText(key) === claimKeyText(claim))) return claims;
  const namesake = namesakeThere(lookup, question);
  // A volume that is found elsewhere there has one handle there: it is not the one of the namesake as well.
  const isElsewhere = claims.length > 0 && namesake !== undefined && 'identity' in namesake;
  return namesake === undefined || isElsewhere ? claims : [...claims, namesake];
};

/** Why the other site cannot be asked: it is this very cluster; undefined where it is another one. */
export const whySameCluster = (
  lookup: Pick<VolumeLookup, 'claim'>,
  { claim }: PeerQuestion,
): string | undefined =>
  claim.uid && lookup.claim(claim)?.metadata.uid === claim.uid
    ? `it is this very cluster: claim ${claimKeyText(claim)} there has the same uid; name the other site's kubeconfig and context`
    : undefined;

/** What of a question tells that a replication over there means the volume that is asked about. */
type Asked = Pick<PeerQuestion, 'identity'>;

/** A replication over there can tell what its driver calls the copy here. */
export const meansVolumeHere = ({ kind, object }: Protector, { identity }: Asked): boolean =>
  kind === 'VolumeReplication' &&
  identity !== undefined &&
  object.status?.destinationVolumeID === identity.volumeHandle;

const anotherOf = (
  { key, identity }: Extract<ClaimThere, { has: 'other' }>,
  { kind, object: { metadata } }: Protector,
): AnotherVolume => ({
  claim: claimKeyText(key),
  identity,
  replication: `${metadata.namespace}/${metadata.name}`,
  kind,
});

/** What the other site is for a volume, from the replications of the claims that have it there, or another under its name. */
export const viewOfClaims = (
  site: string,
  claims: readonly ClaimThere[],
  lookup: Pick<VolumeLookup, 'claim'> & ReplicationLookup,
  asked: Asked,
): PeerView => {
  const candidates: Candidate[] = [];
  let another: AnotherVolume | undefined;
  for (const claim of claims) {
    const protectors = protectorsOf(lookup, claim.key, lookup.claim(claim.key));
    if (!protectors.known) return { state: 'unknown', site, why: `${site}: ${protectors.why}` };
    for (const protector of protectors.value) {
      const isSame = claim.has === 'same' || meansVolumeHere(protector, asked);
      if (claim.has === 'other' && !isSame) another ??= anotherOf(claim, protector);
      else candidates.push({ protector, doubt: isSame || claim.has === 'other' ? undefined : claim.doubt });
    }
  }
  const view = viewOfPeer(site, candidates);
  return another === undefined ? view : { ...view, another };
};
