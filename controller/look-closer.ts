import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  volumeIdentityOf,
} from '../core/model/persistent-volume.ts';
import { type Reading, unknown } from '../core/model/reading.ts';
import { type Resource, resources } from '../core/model/resource.ts';
import type { VolumeReplication } from '../core/model/volume-replication.ts';
import type { CarefulCall, CloseLook, Facts } from '../core/replication/facts.ts';
import type { PeerView } from '../core/rules/peer-view.ts';
import type { ReplicationHere } from '../core/rules/replication-facts.ts';
import { isNotFound } from '../kube/api-error.ts';
import type { Cluster, ObjectKey } from '../kube/cluster.ts';
import { whyUnreadable } from '../kube/unreadable-cache.ts';
import { replicationsOfSameVolume } from './find-replications.ts';
import { type Pass, replaceReplication } from './pass.ts';
import type { Reconciler } from './reconciler.ts';

/** A watch that hears nothing for two and a half minutes is begun anew: a cache that heard nothing for longer is none. */
const oldestCacheMs = 3 * 60_000;
/** A call that took longer may have outlived what it was based on: before the next careful one it is looked again. */
const freshForMs = 10_000;

const getOrNothing = async <T extends KubernetesObject>(
  cluster: Cluster,
  resource: Resource,
  key: ObjectKey,
): Promise<T | undefined> => {
  try {
    return await cluster.get<T>(resource, key);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};

const readLive = async (
  { cluster, sources }: Reconciler,
  { replication, claim, volume }: Facts,
): Promise<{ fresh: VolumeReplication } & Pick<Facts, 'claim' | 'volume' | 'replicationClass'>> => {
  const { namespace = '', name = '' } = replication.metadata;
  const claimKey = { namespace, name: claim?.metadata.name ?? '' };
  const [fresh, freshClaim, freshVolume] = await Promise.all([
    cluster.get<VolumeReplication>(resources.volumeReplications, { namespace, name }),
    getOrNothing<PersistentVolumeClaim>(cluster, resources.persistentVolumeClaims, claimKey),
    getOrNothing<PersistentVolume>(cluster, resources.persistentVolumes, {
      name: volume?.metadata.name ?? '',
    }),
  ]);
  const replicationClass = sources.caches.classes.get({ name: fresh.spec.volumeReplicationClass });
  return { fresh, claim: freshClaim, volume: freshVolume, replicationClass };
};

const whyUntold = ({ sources }: Reconciler): string | undefined => {
  const { replications, claims, volumes } = sources.caches;
  const limits = { now: sources.now(), maxAgeMs: oldestCacheMs };
  return (
    whyUnreadable('VolumeReplications', replications, limits) ??
    whyUnreadable('claims', claims, limits) ??
    whyUnreadable('PVs', volumes, limits)
  );
};

const sameVolumeOf = (
  reconciler: Reconciler,
  { replication, volume }: Facts,
): Reading<readonly ReplicationHere[]> => {
  if (volume === undefined) return unknown('the volume does not exist');
  const why = whyUntold(reconciler);
  if (why !== undefined) return unknown(why);
  const { caches } = reconciler.sources;
  return replicationsOfSameVolume(caches, { self: replication, volume, watched: reconciler.watched });
};

/** The peer is asked where a rule will look at the answer. */
const askPeer = async (
  { peer, signal }: Reconciler,
  facts: Facts,
  before: CarefulCall,
): Promise<PeerView> => {
  if (peer === undefined) return { state: 'not-configured' };
  const isPromote = before === 'promote' || before === 'force';
  if (isPromote && facts.forcePolicy === 'upstream') return { state: 'not-asked' };
  const { replication, volume } = facts;
  const { namespace = '' } = replication.metadata;
  return peer.look(
    {
      identity: volume === undefined ? undefined : volumeIdentityOf(volume),
      destination: replication.status?.destinationVolumeID || undefined,
      volumeName: volume?.metadata.name,
      claim: { namespace, name: replication.spec.dataSource.name, uid: facts.claim?.metadata.uid },
    },
    signal,
  );
};

/**
 * Reads what a careful call rests on from the servers: the VolumeReplication, its claim and its volume, and the peer. What else
 * has the same volume comes from the caches. Another wish than the pass began with begins anew.
 */
export const lookCloser = async (reconciler: Reconciler, pass: Pass, before: CarefulCall): Promise<Pass> => {
  const { uid, generation } = pass.facts.replication.metadata;
  const { fresh, ...objects } = await readLive(reconciler, pass.facts);
  const facts: Facts = {
    ...replaceReplication(reconciler, pass, fresh),
    ...objects,
    look: undefined,
    now: reconciler.sources.now(),
  };
  if (fresh.metadata.uid !== uid || fresh.metadata.generation !== generation) return { facts, answers: {} };
  const look: CloseLook = {
    before,
    sameVolume: sameVolumeOf(reconciler, facts),
    peer: await askPeer(reconciler, facts, before),
    at: facts.now,
  };
  return { facts: { ...facts, look, now: reconciler.sources.now() }, answers: pass.answers };
};

/** Facts without a look that is too old to rest a careful call on. */
export const withoutOldLook = (facts: Facts, now: number): Facts =>
  facts.look !== undefined && now - facts.look.at > freshForMs ? { ...facts, look: undefined } : facts;
