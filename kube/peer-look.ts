import { DrError, messageOf } from '../core/model/error.ts';
import type { VolumeIdentity } from '../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../core/model/reading.ts';
import { resources } from '../core/model/resource.ts';
import { type ClaimKey, claimsOfVolume } from '../core/protection/claims-of-volume.ts';
import { claimsThere, viewOfClaims, whySameCluster } from '../core/protection/claims-there.ts';
import type { PeerQuestion } from '../core/protection/peer-question.ts';
import { protectorsOf, type ReplicationLookup, replicationHereOf } from '../core/protection/protectors.ts';
import type { PeerView } from '../core/rules/peer-view.ts';
import type { ReplicationThere } from '../core/rules/protection-facts.ts';
import { createPeerReads, type NamespaceReplications, type PeerReads, peerTimeoutMs } from './peer-reads.ts';
import { type FollowOptions, followPeerVolumes, type PeerVolumes } from './peer-volumes.ts';
import { withinTime } from './within-time.ts';

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
  /** Its replications that protect a volume, whatever its PV and its claim are called there. */
  protectorsOf(identity: VolumeIdentity, signal: AbortSignal): Promise<Reading<readonly ReplicationThere[]>>;
  /** Its class of that name; undefined where it has none. */
  classNamed(
    kind: 'VolumeReplicationClass' | 'VolumeGroupReplicationClass',
    name: string,
    signal: AbortSignal,
  ): Promise<Reading<PeerClass | undefined>>;
  /** Ends what it follows; the connection stays its owner's. */
  close(): void;
}

type Peer = { readonly site: string; readonly reads: PeerReads; readonly volumes: PeerVolumes };

type Namespaces = ReadonlyMap<string, NamespaceReplications>;

const lookupIn = (namespaces: Namespaces): ReplicationLookup => ({
  replicationsOf: (source) =>
    namespaces.get(source.slice(0, source.indexOf('/')))?.bySource.get(source) ?? [],
  groupsIn: (namespace) => namespaces.get(namespace)?.groups ?? [],
});

/** Adds the namespaces of all claims to those that were read. */
const readNamespaces = async (
  reads: PeerReads,
  claims: readonly ClaimKey[],
  read: Namespaces,
): Promise<Namespaces> => {
  const names = [...new Set(claims.map(({ namespace }) => namespace))].filter((name) => !read.has(name));
  const more = await Promise.all(names.map(async (name) => [name, await reads.replications(name)] as const));
  return new Map([...read, ...more]);
};

/** How far a look has come: a site that answers, and whose lists are not whole yet, is none that does not answer. */
type LookSoFar = { isListing: boolean };

const lookLive = async (
  { site, reads, volumes }: Peer,
  question: PeerQuestion,
  soFar: LookSoFar,
): Promise<PeerView> => {
  const { identity, volumeName, claim } = question;
  const [live, namesake] = await Promise.all([
    identity === undefined || !volumeName ? undefined : reads.volume(volumeName),
    // Almost always the namespace there, too: asked at once, it costs no second round.
    reads.replications(claim.namespace),
  ]);
  soFar.isListing = true;
  await volumes.begun;
  soFar.isListing = false;
  // While a watch is broken nobody knows what it missed: then the lists themselves are read.
  const there = volumes.isCurrent() ? volumes.lookup : await reads.volumes();
  const why = whySameCluster(there, question);
  if (why !== undefined) return { state: 'unknown', site, why };
  const claims = claimsThere(there, question, live);
  const namespaces = await readNamespaces(
    reads,
    claims.map(({ key }) => key),
    new Map([[claim.namespace, namesake]]),
  );
  return viewOfClaims(site, claims, { ...lookupIn(namespaces), claim: there.claim }, question);
};

const classKinds = {
  VolumeReplicationClass: resources.volumeReplicationClasses,
  VolumeGroupReplicationClass: resources.volumeGroupReplicationClasses,
} as const;

const protectorsLive = async (
  { site, reads, volumes }: Peer,
  identity: VolumeIdentity,
): Promise<readonly ReplicationThere[]> => {
  await volumes.begun;
  const there = volumes.isCurrent() ? volumes.lookup : await reads.volumes();
  const claims = claimsOfVolume(there, identity);
  const namespaces = await readNamespaces(reads, claims, new Map());
  const lookup = lookupIn(namespaces);
  return claims.flatMap((key) => {
    const protectors = protectorsOf(lookup, key, there.claim(key));
    if (!protectors.known) throw new DrError({ code: 'Unknown', message: protectors.why });
    return protectors.value.map((it) => ({ ...replicationHereOf(it, key.name), site }));
  });
};

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
      const soFar: LookSoFar = { isListing: false };
      const view = await unlessLate(lookLive({ site, reads, volumes }, question, soFar), caller);
      if (view.known) return view.value;
      return soFar.isListing
        ? {
            state: 'unknown',
            site,
            why: 'it answers, and its PVs and claims are not all read yet',
            isCutShort: true,
          }
        : { state: 'unknown', site, why: view.why };
    },
    protectorsOf: (identity, caller) =>
      unlessLate(protectorsLive({ site, reads, volumes }, identity), caller),
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
