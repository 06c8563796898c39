import { DrError } from '../core/model/error.ts';
import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../core/model/persistent-volume.ts';
import { type Resource, resources } from '../core/model/resource.ts';
import type { VolumeGroupReplication } from '../core/model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../core/model/volume-replication.ts';
import type { VolumeLookup } from '../core/protection/claims-of-volume.ts';
import { sourceKeyOf } from '../core/protection/protectors.ts';
import { ApiError, isNotFound, isNotServed } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import { createCoalescing } from './coalesce.ts';
import { lookupInLists } from './peer-volumes.ts';

/** The replications of one namespace, by what they mirror. */
export type NamespaceReplications = {
  readonly bySource: ReadonlyMap<string, readonly VolumeReplication[]>;
  readonly groups: readonly VolumeGroupReplication[];
};

/** Live reads of the other site. They reject as `Cluster` says, and at once while the site is known to be silent. */
export type PeerReads = {
  /** Undefined: there is none of this name. */
  volume(name: string): Promise<PersistentVolume | undefined>;
  replications(namespace: string): Promise<NamespaceReplications>;
  /** All PVs and claims of the site, for when they are not followed. */
  volumes(): Promise<VolumeLookup>;
  /** Undefined: there is none of this name. */
  replicationClass(kind: Resource, name: string): Promise<VolumeReplicationClass | undefined>;
};

/** Milliseconds that one request to the other site may take. */
export const peerTimeoutMs = 2_000;
/** A site that did not answer is left in peace for so long: who asks then would only wait for nothing. */
const silenceMs = 5_000;
/** Who answered somebody so lately is not silent, but has more questions than it can answer in time. */
const livelyMs = 1_000;

/** A server that says no is there; everything else means that it is not. */
const isSilence = (error: unknown): boolean => error instanceof DrError && !(error instanceof ApiError);

const isMissingObject = (error: unknown): boolean => isNotFound(error) && !isNotServed(error);

const notServed = (site: string, { plural, group }: Resource, cause: unknown): DrError =>
  new DrError({
    code: 'ResourceNotServed',
    message: `${site} does not know ${plural}.${group}: is the CRD missing there?`,
    hint: 'apply manifests/crds there, or name the right site',
    cause,
  });

const bySourceOf = (replications: readonly VolumeReplication[]): Map<string, VolumeReplication[]> => {
  const table = new Map<string, VolumeReplication[]>();
  for (const replication of replications) {
    const source = sourceKeyOf(replication);
    if (source === undefined) continue;
    const same = table.get(source);
    if (same === undefined) table.set(source, [replication]);
    else same.push(replication);
  }
  return table;
};

/**
 * Reads the other site. However many ask the same at once, one request is under way, and nobody gets an answer to one that was
 * sent before they asked: two sites that ask each other within a moment must both see what the other admitted.
 */
export const createPeerReads = (peer: Cluster, now: () => number): PeerReads => {
  const coalesce = createCoalescing();
  const options = { timeoutMs: peerTimeoutMs };
  let silence: { since: number; error: unknown } | undefined;
  let answeredAt = Number.NEGATIVE_INFINITY;

  const ask = <T>(key: string, request: () => Promise<T>): Promise<T> =>
    coalesce(key, async () => {
      if (silence !== undefined && now() - silence.since < silenceMs) throw silence.error;
      try {
        const answer = await request();
        silence = undefined;
        answeredAt = now();
        return answer;
      } catch (error) {
        if (isSilence(error) && now() - answeredAt > livelyMs) silence = { since: now(), error };
        throw error;
      }
    });

  const get = <T extends KubernetesObject>(resource: Resource, name: string): Promise<T | undefined> =>
    ask(`get ${resource.plural}/${name}`, async () => {
      try {
        return await peer.get<T>(resource, { name }, options);
      } catch (error) {
        if (isNotServed(error)) throw notServed(peer.name, resource, error);
        if (isMissingObject(error)) return undefined;
        throw error;
      }
    });

  const list = async <T extends KubernetesObject>(resource: Resource, namespace?: string): Promise<T[]> => {
    const selection = namespace === undefined ? {} : { namespace };
    try {
      return (await peer.listAll<T>(resource, { ...options, ...selection })).items;
    } catch (error) {
      throw isNotServed(error) ? notServed(peer.name, resource, error) : error;
    }
  };

  /** A server that has VolumeReplications and does not know groups has none. */
  const listGroups = async (namespace: string): Promise<VolumeGroupReplication[]> => {
    try {
      return await list<VolumeGroupReplication>(resources.volumeGroupReplications, namespace);
    } catch (error) {
      if (error instanceof DrError && error.code === 'ResourceNotServed') return [];
      throw error;
    }
  };

  return {
    volume: (name) => get(resources.persistentVolumes, name),
    volumes: () =>
      ask('volumes', async () =>
        lookupInLists(
          ...(await Promise.all([
            list<PersistentVolume>(resources.persistentVolumes),
            list<PersistentVolumeClaim>(resources.persistentVolumeClaims),
          ])),
        ),
      ),
    replicationClass: (kind, name) => get(kind, name),
    replications: (namespace) =>
      ask(`replications ${namespace}`, async () => {
        const [replications, groups] = await Promise.all([
          list<VolumeReplication>(resources.volumeReplications, namespace),
          listGroups(namespace),
        ]);
        return { bySource: bySourceOf(replications), groups };
      }),
  };
};
