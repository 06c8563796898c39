import { messageOf } from '../core/model/error.ts';
import type { PersistentVolume, VolumeIdentity } from '../core/model/persistent-volume.ts';
import { volumeIdentityKey, volumeIdentityOf } from '../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../core/model/reading.ts';
import { resources } from '../core/model/resource.ts';
import {
  type ClaimKey,
  claimKeyText,
  claimsOfPersistentVolume,
  claimsOfVolume,
  type VolumeLookup,
} from '../core/protection/claims-of-volume.ts';
import { protectorsOf, type ReplicationLookup } from '../core/protection/protectors.ts';
import type { PeerView } from '../core/rules/peer-view.ts';
import { type Candidate, viewOfPeer } from '../core/rules/view-of-peer.ts';
import { createPeerReads, type NamespaceReplications, type PeerReads, peerTimeoutMs } from './peer-reads.ts';
import { type FollowOptions, followPeerVolumes, type PeerVolumes } from './peer-volumes.ts';
import { withinTime } from './within-time.ts';

/** Which volume is looked for on the other site. */
export type PeerQuestion = {
  /** What both sites share of it; undefined where nobody knows it yet, and then namespace and name of the claim stand for it. */
  readonly identity: VolumeIdentity | undefined;
  /** The name of its PV here: the other site's most often has the same, as it is carried over. */
  readonly volumeName: string | undefined;
  readonly claim: {
    readonly namespace: string;
    readonly name: string;
    /** Its uid here: a claim there that has it, too, is this one, and that site is this very cluster. */
    readonly uid?: string | undefined;
  };
};

/** A class of the other site, as far as two classes of one name can differ. */
export type PeerClass = {
  readonly site: string;
  readonly provisioner: string;
  readonly parameters: Readonly<Record<string, string>>;
};

/** Looks at the other site. Neither method rejects: what cannot be read in time is unknown, with the reason. */
export interface PeerLook {
  /** The other site's name. */
  readonly site: string;
  /** What it shows of a volume, read live: nothing that was sent before this was asked. */
  look(question: PeerQuestion, signal: AbortSignal): Promise<PeerView>;
  /** Its class of that name; undefined where it has none. */
  classNamed(
    kind: 'VolumeReplicationClass' | 'VolumeGroupReplicationClass',
    name: string,
    signal: AbortSignal,
  ): Promise<Reading<PeerClass | undefined>>;
  /** Ends what it follows; the connection stays its owner's. */
  close(): void;
}

/** A claim over there, and why it is not certain that it has the volume that is asked about. */
type ClaimThere = { readonly key: ClaimKey; readonly doubt: string | undefined };

type Peer = { readonly site: string; readonly reads: PeerReads; readonly volumes: PeerVolumes };

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

const claimsThere = (
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

type Namespaces = ReadonlyMap<string, NamespaceReplications>;

const lookupIn = (namespaces: Namespaces): ReplicationLookup => ({
  replicationsOf: (source) =>
    namespaces.get(source.slice(0, source.indexOf('/')))?.bySource.get(source) ?? [],
  groupsIn: (namespace) => namespaces.get(namespace)?.groups ?? [],
});

/** Adds the namespaces of all claims to those that were read. */
const readNamespaces = async (
  reads: PeerReads,
  claims: readonly ClaimThere[],
  read: Namespaces,
): Promise<Namespaces> => {
  const names = [...new Set(claims.map(({ key }) => key.namespace))].filter((name) => !read.has(name));
  const more = await Promise.all(names.map(async (name) => [name, await reads.replications(name)] as const));
  return new Map([...read, ...more]);
};

const lookLive = async ({ site, reads, volumes }: Peer, question: PeerQuestion): Promise<PeerView> => {
  const { identity, volumeName, claim } = question;
  const [live, namesake] = await Promise.all([
    identity === undefined || !volumeName ? undefined : reads.volume(volumeName),
    // Almost always the namespace there, too: asked at once, it costs no second round.
    reads.replications(claim.namespace),
    volumes.begun,
  ]);
  // While a watch is broken nobody knows what it missed: then the lists themselves are read.
  const there = volumes.isCurrent() ? volumes.lookup : await reads.volumes();
  if (claim.uid && there.claim(claim)?.metadata.uid === claim.uid) {
    const why = `it is this very cluster: claim ${claimKeyText(claim)} there has the same uid; name the other site's kubeconfig and context`;
    return { state: 'unknown', site, why };
  }
  const claims = claimsThere(there, question, live);
  const lookup = lookupIn(await readNamespaces(reads, claims, new Map([[claim.namespace, namesake]])));
  const candidates: Candidate[] = [];
  for (const { key, doubt } of claims) {
    const protectors = protectorsOf(lookup, key, there.claim(key));
    if (!protectors.known) return { state: 'unknown', site, why: `${site}: ${protectors.why}` };
    for (const protector of protectors.value) candidates.push({ protector, doubt });
  }
  return viewOfPeer(site, candidates);
};

const classKinds = {
  VolumeReplicationClass: resources.volumeReplicationClasses,
  VolumeGroupReplicationClass: resources.volumeGroupReplicationClasses,
} as const;

/**
 * Connects the question "who is primary over there" to a cluster. It follows the site's PVs and claims to find a volume whatever its
 * PV is called, and lists them while they cannot be followed; PV and replications themselves are read live. A question takes two seconds at most, and
 * for some seconds after a site did not answer nobody waits for it.
 */
export const createPeerLook = (options: FollowOptions): PeerLook => {
  const { peer, signal, now } = options;
  const ending = new AbortController();
  const close = (): void => ending.abort();
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  const site = peer.name;
  const reads = createPeerReads(peer, now);
  const volumes = followPeerVolumes({ ...options, signal: ending.signal });

  const unlessLate = async <T>(work: Promise<T>, caller: AbortSignal): Promise<Reading<T>> => {
    try {
      return known(await withinTime(work, { ms: peerTimeoutMs, signal: caller, what: site }));
    } catch (error) {
      return unknown(messageOf(error));
    }
  };

  return {
    site,
    look: async (question, caller) => {
      const view = await unlessLate(lookLive({ site, reads, volumes }, question), caller);
      return view.known ? view.value : { state: 'unknown', site, why: view.why };
    },
    classNamed: async (kind, name, caller) => {
      const read = await unlessLate(reads.replicationClass(classKinds[kind], name), caller);
      if (!read.known || read.value === undefined) return read.known ? known(undefined) : read;
      const { provisioner, parameters = {} } = read.value.spec;
      return known({ site, provisioner, parameters });
    },
    close: () => {
      signal.removeEventListener('abort', close);
      close();
    },
  };
};
