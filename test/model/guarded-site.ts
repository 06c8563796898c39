// One site of the model: a cluster, the real guard over caches that lag behind it, and a controller that asks the real rules.

import jsonPatch from 'fast-json-patch';
import { replicationsOfSameVolume, sourceIndex, volumeIndex } from '../../controller/find-replications.ts';
import { consentAnnotation } from '../../core/consent.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { volumeIdentityOf } from '../../core/model/persistent-volume.ts';
import type { Pod } from '../../core/model/pod.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { StorageClass } from '../../core/model/storage-class.ts';
import type { VolumeAttachment } from '../../core/model/volume-attachment.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import {
  replicationNames,
  type VolumeReplication,
  type VolumeReplicationClass,
} from '../../core/model/volume-replication.ts';
import { identityKeysOf } from '../../core/protection/keys-of-volume.ts';
import { stepBeforePromotion } from '../../core/replication/refuse-unsafe.ts';
import type { ObjectKey } from '../../kube/cluster.ts';
import { createObjectCache, type ObjectCache } from '../../kube/object-cache.ts';
import { createPeerLook, type PeerLook } from '../../kube/peer-look.ts';
import type { AdmissionRequest } from '../../webhook/admission-request.ts';
import { cacheIndexes } from '../../webhook/facts/cache-indexes.ts';
import { createFactSource } from '../../webhook/facts/create-fact-source.ts';
import type { Judgement } from '../../webhook/judge/judgement.ts';
import { createJudges } from '../../webhook/server/judge-review.ts';
import { createSimulatedCluster, type SimulatedCluster, type StoredChange } from './simulated-cluster.ts';

const namespace = 'default';

/** The webhook of a site, and the events that its caches have not seen yet. */
type Webhook = {
  judges: Pick<ReturnType<typeof createJudges>, 'guard' | 'restore'>;
  caches: Map<string, ObjectCache<KubernetesObject>>;
  catchUp(): void;
};

export type GuardedSite = {
  readonly name: string;
  readonly simulated: SimulatedCluster;
  /** Whether the site answers at all. */
  isUp: boolean;
  connect(peer: SimulatedCluster): void;
  /** The informers see what was stored. */
  catchUp(): void;
  restartWebhook(): void;
  review(
    request: Pick<AdmissionRequest, 'operation' | 'object' | 'oldObject'> & {
      resource: Resource;
      user?: string;
    },
  ): Promise<Judgement & { readonly object: KubernetesObject | undefined }>;
  /** One pass of the controller over everything, each promote judged as dr-controller judges it. */
  act(): Promise<void>;
  replication(name: string): VolumeReplication | undefined;
  volumeOf(claimName: string): PersistentVolume | undefined;
  close(): void;
};

const makeCaches = () => ({
  replications: createObjectCache<VolumeReplication>(cacheIndexes.replications),
  replicationClasses: createObjectCache<VolumeReplicationClass>({}),
  groups: createObjectCache<VolumeGroupReplication>(cacheIndexes.groups),
  groupClasses: createObjectCache<VolumeReplicationClass>({}),
  volumes: createObjectCache<PersistentVolume>(cacheIndexes.volumes),
  claims: createObjectCache<PersistentVolumeClaim>(cacheIndexes.claims),
  storageClasses: createObjectCache<StorageClass>({}),
  namespaces: createObjectCache<KubernetesObject>({}),
  pods: createObjectCache<Pod>(cacheIndexes.pods),
  attachments: createObjectCache<VolumeAttachment>(cacheIndexes.attachments),
});

const cached: Readonly<Record<keyof ReturnType<typeof makeCaches>, Resource>> = {
  replications: resources.volumeReplications,
  replicationClasses: resources.volumeReplicationClasses,
  groups: resources.volumeGroupReplications,
  groupClasses: resources.volumeGroupReplicationClasses,
  volumes: resources.persistentVolumes,
  claims: resources.persistentVolumeClaims,
  storageClasses: resources.storageClasses,
  namespaces: resources.namespaces,
  pods: resources.pods,
  attachments: resources.volumeAttachments,
};

const putInto = (cache: ObjectCache<KubernetesObject>, { event }: StoredChange) => {
  if (event.type === 'BOOKMARK') return undefined;
  return event.type === 'DELETED' ? cache.remove(event.object) : cache.put(event.object);
};

/** An object as the API server goes on with it once it was mended. */
const patched = (object: KubernetesObject, patch: readonly unknown[]): KubernetesObject =>
  jsonPatch.applyPatch(structuredClone(object), patch as jsonPatch.Operation[]).newDocument;

/** A webhook that was just started: what is there comes as its first lists. */
const startWebhook = (
  simulated: SimulatedCluster,
  peer: PeerLook | undefined,
  now: () => number,
): Webhook => {
  const caches = makeCaches();
  const byPlural = new Map<string, ObjectCache<KubernetesObject>>();
  for (const [name, resource] of Object.entries(cached) as [keyof typeof caches, Resource][]) {
    const cache = caches[name] as unknown as ObjectCache<KubernetesObject>;
    byPlural.set(resource.plural, cache);
    for (const object of simulated.all(resource)) {
      cache.put(object);
    }
  }
  const pending: StoredChange[] = [];
  simulated.onChange((change) => pending.push(change));
  const source = createFactSource({
    caches,
    peer,
    reviewAccess: async ({ user }) => user.username === 'admin',
    readClaim: async (key) => simulated.find<PersistentVolumeClaim>(resources.persistentVolumeClaims, key),
    lifecycleOwners: [],
    withoutPeer: 'refuse',
    now,
  });
  return {
    judges: createJudges(source),
    caches: byPlural,
    catchUp: () => {
      for (const stored of pending.splice(0)) {
        const cache = byPlural.get(stored.resource.plural);
        if (cache !== undefined) putInto(cache, stored);
      }
    },
  };
};

export const createGuardedSite = (name: string, now: () => number): GuardedSite => {
  const simulated = createSimulatedCluster(name, now);
  const ending = new AbortController();
  let peer: PeerLook | undefined;
  let webhook = startWebhook(simulated, peer, now);
  const site: GuardedSite = {
    name,
    simulated,
    isUp: true,
    connect: (other) => {
      peer = createPeerLook({
        peer: other.cluster,
        signal: ending.signal,
        now,
        random: () => 0.5,
        log: { debug: () => undefined, warn: () => undefined },
      });
      webhook = startWebhook(simulated, peer, now);
    },
    catchUp: () => webhook.catchUp(),
    restartWebhook: () => {
      webhook = startWebhook(simulated, peer, now);
    },
    review: async ({ resource, user = 'admin', ...asked }) => {
      const { metadata } = asked.object ?? asked.oldObject ?? { metadata: {} };
      const { group, version, plural, kind } = resource;
      const request = {
        ...asked,
        uid: 'review',
        resource: { group, version, resource: plural },
        kind: { group, version, kind },
        subResource: '',
        name: metadata.name ?? '',
        namespace: metadata.namespace ?? '',
        user: { username: user, groups: [], extra: {} },
        dryRun: false,
      };
      const { answer } = await webhook.judges.restore(request, AbortSignal.timeout(60_000));
      const object = request.object && patched(request.object, answer.allowed ? (answer.patch ?? []) : []);
      const judged = await webhook.judges.guard({ ...request, object }, AbortSignal.timeout(60_000));
      return { ...judged, object };
    },
    act: () => actOnAll(site, peer, now),
    replication: (replicationName) =>
      simulated.find<VolumeReplication>(resources.volumeReplications, { namespace, name: replicationName }),
    volumeOf: (claimName) => {
      const key: ObjectKey = { namespace, name: claimName };
      const claim = simulated.find<PersistentVolumeClaim>(resources.persistentVolumeClaims, key);
      const volumeName = claim?.spec?.volumeName;
      return volumeName === undefined
        ? undefined
        : simulated.find<PersistentVolume>(resources.persistentVolumes, { name: volumeName });
    },
    close: () => ending.abort(),
  };
  return site;
};

const settle = ({ simulated }: GuardedSite, replication: VolumeReplication, state: string): void => {
  const generation = replication.metadata.generation ?? 0;
  const condition = {
    status: 'True',
    reason: 'Done',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    observedGeneration: generation,
  } as const;
  const { [consentAnnotation]: used, ...annotations } = replication.metadata.annotations ?? {};
  simulated.store<VolumeReplication>(resources.volumeReplications, {
    ...replication,
    metadata: {
      ...replication.metadata,
      // As dr-controller does: a consent is over once what was asked for is there.
      annotations:
        used !== undefined && state === 'Primary' ? annotations : (replication.metadata.annotations ?? {}),
      finalizers: [replicationNames.finalizer],
    },
    status: { state, observedGeneration: generation, conditions: [{ ...condition, type: 'Completed' }] },
  });
};

/** Whether dr-controller's own rules let a volume be promoted now. */
const mayPromote = async (
  { simulated }: GuardedSite,
  replication: VolumeReplication,
  { peer, now }: { peer: PeerLook | undefined; now: () => number },
): Promise<boolean> => {
  const claimKey: ObjectKey = { namespace, name: replication.spec.dataSource.name };
  const claim = simulated.find<PersistentVolumeClaim>(resources.persistentVolumeClaims, claimKey);
  const volume = simulated.find<PersistentVolume>(resources.persistentVolumes, {
    name: claim?.spec?.volumeName ?? '',
  });
  if (claim === undefined || volume === undefined || peer === undefined) return false;
  const lookup = {
    replications: createObjectCache<VolumeReplication>({ source: sourceIndex }),
    claims: createObjectCache<PersistentVolumeClaim>({ volume: volumeIndex }),
    volumes: createObjectCache<PersistentVolume>({ identity: identityKeysOf }),
  };
  lookup.replications.replaceAll(simulated.all(resources.volumeReplications));
  lookup.claims.replaceAll(simulated.all(resources.persistentVolumeClaims));
  lookup.volumes.replaceAll(simulated.all(resources.persistentVolumes));
  const question = {
    identity: volumeIdentityOf(volume),
    volumeName: volume.metadata.name,
    claim: { namespace, name: claimKey.name },
  };
  const look = {
    before: 'promote' as const,
    sameVolume: replicationsOfSameVolume(lookup, { self: replication, volume, watched: '' }),
    peer: await peer.look(question, AbortSignal.timeout(60_000)),
    at: now(),
  };
  const step = stepBeforePromotion(
    {
      replication,
      replicationClass: simulated.find(resources.volumeReplicationClasses, {
        name: replication.spec.volumeReplicationClass,
      }),
      claim,
      volume,
      rivals: [],
      sharers: [],
      driver: { name: 'rbd.csi.ceph.com', state: 'ready', knowsDestination: false },
      forcePolicy: 'consent',
      pollMs: undefined,
      resyncPollMs: 30_000,
      hasPeer: true,
      look,
      now: now(),
    },
    {},
  );
  // A consent that counts is written down first.
  return step === undefined || step.do === 'record-consent';
};

const actOnAll = async (site: GuardedSite, peer: PeerLook | undefined, now: () => number): Promise<void> => {
  for (const replication of site.simulated.all<VolumeReplication>(resources.volumeReplications)) {
    const { replicationState } = replication.spec;
    if (replicationState !== 'primary') settle(site, replication, 'Secondary');
    else if (replication.status?.state === 'Primary' || (await mayPromote(site, replication, { peer, now })))
      settle(site, replication, 'Primary');
  }
};
