import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { volumeIdentityOf } from '../model/persistent-volume.ts';
import type { Reading } from '../model/reading.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import { type ClaimKey, claimKeyText, claimsOfVolume, keyOfClaim } from '../protection/claims-of-volume.ts';
import { findVolume } from '../protection/find-volume.ts';
import type { ListedSite } from '../protection/view-lists.ts';
import type { Workload } from '../workload/workload.ts';

/** Which volumes a procedure was asked for. */
export type WantedVolumes = {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** Names of claims. */
  readonly claims: readonly string[];
  /** Names of VolumeReplications. */
  readonly replications: readonly string[];
  /** Kind, as in the API, and name. */
  readonly workloads: readonly { readonly kind: string; readonly name: string }[];
  /** Claims of any namespace, as a plan or a record names them; undefined where none does. */
  readonly keys?: readonly ClaimKey[] | undefined;
  /** Whether a claim carries the labels that were asked for; undefined where none were. */
  readonly hasLabels: ((claim: PersistentVolumeClaim) => boolean) | undefined;
};

/** One site, as far as volumes are chosen on it. */
export type ChoiceSite = {
  readonly view: ListedSite;
  readonly claims: readonly PersistentVolumeClaim[];
  readonly replications: readonly VolumeReplication[];
  readonly workloads: readonly MountingWorkload[];
};

/** A workload as far as it tells which claims belong to it. */
type MountingWorkload = Pick<Workload, 'namespace' | 'name' | 'claims'> & { readonly kind: string };

/** One volume by its claim on both sites: the same name where a site does not have it yet. */
export type VolumePair = { readonly here: ClaimKey; readonly there: ClaimKey };

/** What only a backup has: claims, and the words that they were asked for by. */
export type BackedUpClaims = { readonly keys: readonly ClaimKey[]; readonly words: ReadonlySet<string> };

/** What was chosen, and what was named and is nowhere. */
export type ChosenVolumes = { readonly pairs: readonly VolumePair[]; readonly missing: readonly string[] };

const isIn = ({ namespace }: WantedVolumes, metadata: { namespace?: string }): boolean =>
  namespace === undefined || metadata.namespace === namespace;

const isEverything = ({ claims, replications, workloads, hasLabels, keys }: WantedVolumes): boolean =>
  claims.length + replications.length + workloads.length === 0 &&
  hasLabels === undefined &&
  keys === undefined;

/** Claims that something protects: a claim with a VolumeReplication, whatever its state. */
const protectedClaims = (
  { replications }: Pick<ChoiceSite, 'replications'>,
  wanted: WantedVolumes,
): ClaimKey[] =>
  replications
    .filter(
      ({ spec, metadata }) => spec.dataSource.kind === 'PersistentVolumeClaim' && isIn(wanted, metadata),
    )
    .map(({ spec, metadata }) => ({ namespace: metadata.namespace ?? '', name: spec.dataSource.name }));

const replicatedBy = (
  { replications }: Pick<ChoiceSite, 'replications'>,
  wanted: WantedVolumes,
  name: string,
): ClaimKey[] =>
  replications
    .filter(({ metadata }) => metadata.name === name && isIn(wanted, metadata))
    .map(({ spec, metadata }) => ({ namespace: metadata.namespace ?? '', name: spec.dataSource.name }));

const mountedBy = (
  { workloads }: Pick<ChoiceSite, 'workloads'>,
  wanted: WantedVolumes,
  { kind, name }: WantedVolumes['workloads'][number],
): ClaimKey[] =>
  workloads
    .filter((it) => it.kind === kind && it.name === name && isIn(wanted, it))
    .flatMap(({ namespace, claims }) => claims.map((claim) => ({ namespace, name: claim })));

/** What one site has of what was asked for, by the word that asked for it. */
const chooseOn = (
  site: Omit<ChoiceSite, 'view'>,
  wanted: WantedVolumes,
): { word: string; keys: ClaimKey[] }[] => {
  if (isEverything(wanted)) return [{ word: '', keys: protectedClaims(site, wanted) }];
  const { hasLabels, namespace = '', keys } = wanted;
  const names = new Set(site.claims.map((claim) => claimKeyText(keyOfClaim(claim))));
  if (hasLabels !== undefined)
    return [
      {
        word: '',
        keys: site.claims.filter((claim) => isIn(wanted, claim.metadata) && hasLabels(claim)).map(keyOfClaim),
      },
    ];
  if (keys !== undefined)
    return keys.map((key) => ({
      word: `pvc/${key.name} in ${key.namespace}`,
      keys: names.has(claimKeyText(key)) ? [key] : [],
    }));
  const exists = (name: string) => names.has(claimKeyText({ namespace, name }));
  return [
    ...wanted.claims.map((name) => ({
      word: `pvc/${name}`,
      keys: exists(name) ? [{ namespace, name }] : [],
    })),
    ...wanted.replications.map((name) => ({ word: `vr/${name}`, keys: replicatedBy(site, wanted, name) })),
    ...wanted.workloads.map((it) => ({
      word: `${it.kind.toLowerCase()}/${it.name}`,
      keys: mountedBy(site, wanted, it),
    })),
  ];
};

/** What a backup has of what was asked for; its claims are all there is, where everything was. */
export const chooseBackedUp = (backup: Omit<ChoiceSite, 'view'>, wanted: WantedVolumes): BackedUpClaims => {
  const chosen = chooseOn(backup, wanted);
  return {
    keys: chosen.flatMap(({ keys }) => keys),
    words: new Set(chosen.filter(({ keys }) => keys.length > 0).map(({ word }) => word)),
  };
};

/** The claim that has the same volume on the other site; the same name where none has. */
const counterpart = (key: ClaimKey, own: ListedSite, other: ListedSite | undefined): ClaimKey => {
  const found = readingOf(() => {
    const volume = findVolume(own, key, own.claim(key));
    const identity = volume && volumeIdentityOf(volume);
    const claims = other === undefined || identity === undefined ? [] : claimsOfVolume(other, identity);
    return claims.find((it) => claimKeyText(it) === claimKeyText(key)) ?? claims[0] ?? key;
  });
  return found.known ? found.value : key;
};

const pairsOf = (
  here: ChoiceSite | undefined,
  there: ChoiceSite | undefined,
  keys: { here: readonly ClaimKey[]; there: readonly ClaimKey[] },
): VolumePair[] => {
  const pairs = new Map<string, VolumePair>();
  const add = (pair: VolumePair): void => {
    if (!pairs.has(claimKeyText(pair.here))) pairs.set(claimKeyText(pair.here), pair);
  };
  for (const key of keys.here)
    add({ here: key, there: here === undefined ? key : counterpart(key, here.view, there?.view) });
  for (const key of keys.there)
    add({ here: there === undefined ? key : counterpart(key, there.view, here?.view), there: key });
  return [...pairs.values()];
};

/**
 * The volumes that were asked for, from what both sites have; `backedUp`: what a backup has. A site that cannot be read has
 * none.
 */
export const chooseVolumes = (
  sites: { readonly here: Reading<ChoiceSite>; readonly there: Reading<ChoiceSite> },
  wanted: WantedVolumes,
  backedUp: BackedUpClaims,
): ChosenVolumes => {
  const here = sites.here.known ? knownValue(sites.here) : undefined;
  const there = sites.there.known ? knownValue(sites.there) : undefined;
  const chosen = {
    here: here === undefined ? [] : chooseOn(here, wanted),
    there: there === undefined ? [] : chooseOn(there, wanted),
  };
  const found = new Set(
    [...chosen.here, ...chosen.there].filter(({ keys }) => keys.length > 0).map(({ word }) => word),
  );
  const words = (here === undefined ? chosen.there : chosen.here).map(({ word }) => word);
  return {
    pairs: pairsOf(here, there, {
      here: [...chosen.here.flatMap(({ keys }) => keys), ...backedUp.keys],
      there: chosen.there.flatMap(({ keys }) => keys),
    }),
    missing: words.filter((word) => word !== '' && !found.has(word) && !backedUp.words.has(word)),
  };
};
