import { handleThere } from '../model/handle-there.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { volumeIdentityOf } from '../model/persistent-volume.ts';
import { known, type Reading, unknown } from '../model/reading.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import type { ClaimKey } from '../protection/claims-of-volume.ts';
import { claimsThere, meansVolumeHere, viewOfClaims, whySameCluster } from '../protection/claims-there.ts';
import { findVolume } from '../protection/find-volume.ts';
import { type Protector, protectorsOf, replicationOfProtector } from '../protection/protectors.ts';
import type { ListedSite } from '../protection/view-lists.ts';
import type { PeerView } from '../rules/peer-view.ts';
import { type RoleReading, readRole } from '../status/role.ts';
import type { SiteName } from '../status/snapshot.ts';

/** A site that was read, or why it could not be. */
export type SiteReading = { readonly site: SiteName; readonly view: Reading<ListedSite> };

/** Both sites before a step: the one that the step is made on, and its peer where one is known. */
export type Pair = { readonly here: SiteReading; readonly there: SiteReading | undefined };

/** What the other site shows of one volume. */
export type ThereFacts = {
  readonly view: PeerView;
  /** The replication of the volume there: the primary one where there are several. */
  readonly replication: Protector | undefined;
  /** The site as it was listed. */
  readonly site: Reading<ListedSite>;
  /** Whether it has a claim for the volume; undefined where nobody knows. */
  readonly hasClaim?: boolean | undefined;
};

/** Everything that a step on one volume is decided by. */
export type StepFacts = {
  readonly key: ClaimKey;
  readonly here: SiteName;
  readonly there: SiteName | undefined;
  readonly site: ListedSite;
  readonly claim: Reading<PersistentVolumeClaim | undefined>;
  /** The PV that the claim has or will have. */
  readonly volume: Reading<PersistentVolume | undefined>;
  /** What replicates the claim here. */
  readonly protectors: Reading<readonly Protector[]>;
  /** Of the one replication here. */
  readonly role: RoleReading;
  readonly peer: ThereFacts;
};

/** The role that a site has by one replication. */
export const roleOf = (protector: Protector | undefined): RoleReading =>
  readRole(known(protector && replicationOfProtector(protector)));

const nobodyThere: ThereFacts = {
  view: { state: 'not-configured' },
  replication: undefined,
  site: unknown('no other site is known'),
};

const primaryFirst = (a: Protector, b: Protector): number =>
  Number(roleOf(b).role === 'primary') - Number(roleOf(a).role === 'primary');

/** The handle of the copy on the other site, where the one replication here, or the restore that made the PV, tells another one. */
export const destinationTold = ({
  volume,
  protectors,
}: Pick<StepFacts, 'volume' | 'protectors'>): string | undefined => {
  const [protector] = protectors.known ? protectors.value : [];
  const replication = protector?.kind === 'VolumeReplication' ? protector.object : undefined;
  return handleThere(volume.known ? volume.value : undefined, replication);
};

/** Looks at the other site as the webhook and the controller do, at what was listed of it. */
const lookThere = (
  there: SiteReading | undefined,
  { key, claim, volume, protectors: own }: Pick<StepFacts, 'key' | 'claim' | 'volume' | 'protectors'>,
): ThereFacts => {
  if (there === undefined) return nobodyThere;
  const site = there.site.name;
  const cannotTell = (why: string): ThereFacts => ({
    view: { state: 'unknown', site, why },
    replication: undefined,
    site: there.view,
  });
  if (!there.view.known) return cannotTell(there.view.why);
  const looked = readingOf((): ThereFacts => {
    const view = knownValue(there.view);
    const pv = knownValue(volume);
    const question = {
      identity: pv && volumeIdentityOf(pv),
      destination: destinationTold({ volume, protectors: own }),
      volumeName: pv?.metadata.name,
      claim: { ...key, uid: knownValue(claim)?.metadata.uid },
    };
    const same = whySameCluster(view, question);
    if (same !== undefined) return cannotTell(same);
    const claims = claimsThere(view, question, undefined);
    const protectors = claims.flatMap((it) => {
      const found = knownValue(protectorsOf(view, it.key, view.claim(it.key)));
      return it.has === 'same' ? found : found.filter((protector) => meansVolumeHere(protector, question));
    });
    return {
      view: viewOfClaims(site, claims, view, question),
      replication: protectors.toSorted(primaryFirst)[0],
      site: there.view,
      hasClaim: claims.some(({ has }) => has === 'same') || view.claim(key) !== undefined,
    };
  });
  return looked.known ? looked.value : cannotTell(looked.why);
};

/** What both sites show of the volume of one claim. The site that the step is made on was read. */
export const describeStep = (
  pair: {
    readonly here: { readonly site: SiteName; readonly view: ListedSite };
    readonly there: Pair['there'];
  },
  key: ClaimKey,
): StepFacts => {
  const site = pair.here.view;
  const claim = readingOf(() => site.claim(key));
  const volume = readingOf(() => findVolume(site, key, knownValue(claim)));
  const protectors = readingOf(() => knownValue(protectorsOf(site, key, knownValue(claim))));
  return {
    key,
    here: pair.here.site,
    there: pair.there?.site,
    site,
    claim,
    volume,
    protectors,
    role: protectors.known ? roleOf(protectors.value[0]) : readRole(unknown(protectors.why)),
    peer: lookThere(pair.there, { key, claim, volume, protectors }),
  };
};
