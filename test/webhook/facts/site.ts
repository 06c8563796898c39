import jsonPatch from 'fast-json-patch';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  VolumeIdentity,
} from '../../../core/model/persistent-volume.ts';
import type { Reading } from '../../../core/model/reading.ts';
import { type Resource, resources } from '../../../core/model/resource.ts';
import type { VolumeGroupReplication } from '../../../core/model/volume-group-replication.ts';
import type { VolumeReplication } from '../../../core/model/volume-replication.ts';
import type { PeerQuestion } from '../../../core/protection/peer-question.ts';
import type { PeerView } from '../../../core/rules/peer-view.ts';
import type { ReplicationThere } from '../../../core/rules/protection-facts.ts';
import { mend } from '../../../core/rules/repair/mend.ts';
import type { Member, ReplicationFacts } from '../../../core/rules/replication-facts.ts';
import { createObjectCache, type ObjectCache } from '../../../kube/object-cache.ts';
import type { CacheHealth } from '../../../kube/unreadable-cache.ts';
import type { AdmissionRequest } from '../../../webhook/admission-request.ts';
import type { FactSource } from '../../../webhook/fact-source.ts';
import { cacheIndexes } from '../../../webhook/facts/cache-indexes.ts';
import type { WebhookCaches } from '../../../webhook/facts/caches.ts';
import { createFactSource, type FactSourceOptions } from '../../../webhook/facts/create-fact-source.ts';
import type { AccessQuestion } from '../../../webhook/facts/review-access.ts';
import * as slim from '../../../webhook/facts/slim-objects.ts';

/** The clock of these tests. */
export const now = Date.parse('2026-11-20T12:00:00Z');

type Cached = keyof WebhookCaches;

const never = new AbortController().signal;

/** A site of object caches, as informers would have filled them, and the real fact source over it. */
export type Site = {
  readonly facts: FactSource;
  /** Stores an object as the informer of its kind keeps it. */
  put(kind: Cached, object: object): void;
  remove(kind: Cached, object: KubernetesObject): void;
  /** What the peer was asked, whether users may consent, and which claims were read live. */
  readonly asked: { peer: PeerQuestion[]; access: AccessQuestion[]; claims: string[] };
  guard(request: AdmissionRequest): ReturnType<FactSource['guard']>;
  /** The facts of a replication that is judged. */
  judged(request: AdmissionRequest): Promise<ReplicationFacts>;
  /** The object of a request as it is once it was mended. */
  mended(request: AdmissionRequest): Promise<KubernetesObject>;
  /** Its only member. */
  member(request: AdmissionRequest): Promise<Member>;
};

/** How a site is other than usual. */
export type SiteOptions = Partial<
  Pick<FactSourceOptions, 'lifecycleOwners' | 'withoutPeer' | 'readClaim' | 'now'>
> & {
  /** What the peer answers; left out: no peer is known. */
  protectorsThere?: (identity: VolumeIdentity) => Reading<readonly ReplicationThere[]>;
  peer?: (question: PeerQuestion) => PeerView | Promise<PeerView>;
  mayConsent?: (question: AccessQuestion) => Promise<boolean>;
  health?: Partial<Record<Cached, CacheHealth>>;
};

const transforms: Readonly<Record<Cached, (object: never) => KubernetesObject>> = {
  replications: slim.slimReplication,
  replicationClasses: slim.slimClass,
  groups: slim.slimGroup,
  groupClasses: slim.slimClass,
  volumes: slim.slimVolume,
  claims: slim.slimClaim,
  storageClasses: slim.slimStorageClass,
  namespaces: slim.slimNamespace,
  pods: slim.slimPod,
  attachments: slim.slimAttachment,
};

export const createSite = (options: SiteOptions = {}): Site => {
  const objects = {
    replications: createObjectCache(cacheIndexes.replications),
    replicationClasses: createObjectCache(cacheIndexes.classes),
    groups: createObjectCache(cacheIndexes.groups),
    groupClasses: createObjectCache(cacheIndexes.classes),
    volumes: createObjectCache(cacheIndexes.volumes),
    claims: createObjectCache(cacheIndexes.claims),
    storageClasses: createObjectCache({}),
    namespaces: createObjectCache({}),
    pods: createObjectCache(cacheIndexes.pods),
    attachments: createObjectCache(cacheIndexes.attachments),
  } as unknown as Record<Cached, ObjectCache<KubernetesObject>>;
  const caches = Object.fromEntries(
    Object.entries(objects).map(([kind, cache]) => [kind, { ...cache, ...options.health?.[kind as Cached] }]),
  );
  const asked: Site['asked'] = { peer: [], access: [], claims: [] };
  const { peer, mayConsent = async () => true } = options;
  const facts = createFactSource({
    caches: { ...caches } as unknown as WebhookCaches,
    peer: peer && {
      site: 'cluster-2',
      look: async (question) => {
        asked.peer.push(question);
        return peer(question);
      },
      classNamed: async () => ({ known: true, value: undefined }),
      protectorsOf: async (identity) => options.protectorsThere?.(identity) ?? { known: true, value: [] },
    },
    reviewAccess: (question) => {
      asked.access.push(question);
      return mayConsent(question);
    },
    readClaim: async (key, signal) => {
      asked.claims.push(`${key.namespace}/${key.name}`);
      if (options.readClaim !== undefined) return options.readClaim(key, signal);
      return objects.claims.get(key) as PersistentVolumeClaim | undefined;
    },
    lifecycleOwners: options.lifecycleOwners ?? [],
    withoutPeer: options.withoutPeer ?? 'allow',
    now: options.now ?? (() => now),
  });
  let version = 100;
  const guard: Site['guard'] = (request) => facts.guard(request, never);
  const judged: Site['judged'] = async (request) => {
    const found = await guard(request);
    if (found?.subject !== 'replication') throw new Error('no replication is judged');
    return found;
  };
  return {
    facts,
    asked,
    guard,
    judged,
    put: (kind, object) => {
      version += 1;
      const { metadata } = object as KubernetesObject;
      const stored = { ...object, metadata: { ...metadata, resourceVersion: String(version) } };
      objects[kind].put(transforms[kind](stored as never));
    },
    remove: (kind, object) => {
      objects[kind].remove(object);
    },
    mended: async (request) => {
      const repaired = await facts.repair(request, never);
      const patch = repaired === undefined ? [] : mend(repaired).patch;
      const object = structuredClone(request.object!);
      return jsonPatch.applyPatch(object, patch as jsonPatch.Operation[]).newDocument;
    },
    member: async (request) => {
      const { members } = await judged(request);
      if (!members.known || members.value.length !== 1)
        throw new Error(`members: ${JSON.stringify(members)}`);
      return members.value[0]!;
    },
  };
};

/** What can be said of a replication in a few words. */
export type ReplicationSketch = {
  namespace?: string;
  name?: string;
  wants?: string;
  autoResync?: boolean;
  claim?: string;
  group?: string;
  state?: string;
  consent?: string;
  generation?: number;
  finalizers?: string[];
  deleting?: boolean;
};

const metadataOf = (kind: string, { namespace = 'shop', name = 'db', ...sketch }: ReplicationSketch) => ({
  namespace,
  name,
  uid: `${kind}-${namespace}-${name}`,
  generation: sketch.generation ?? 1,
  finalizers: sketch.finalizers ?? [],
  ...(sketch.deleting ? { deletionTimestamp: '2026-11-20T11:59:00Z' } : {}),
  ...(sketch.consent === undefined ? {} : { annotations: { 'kubectl-dr.dev/consent': sketch.consent } }),
});

export const vr = (sketch: ReplicationSketch = {}): VolumeReplication => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: metadataOf('vr', sketch),
  spec: {
    volumeReplicationClass: 'rbd',
    replicationState: (sketch.wants ?? 'primary') as 'primary',
    autoResync: sketch.autoResync ?? false,
    dataSource:
      sketch.group === undefined
        ? { kind: 'PersistentVolumeClaim', name: sketch.claim ?? 'db' }
        : { kind: 'VolumeGroupReplication', name: sketch.group },
  },
  ...(sketch.state === undefined ? {} : { status: { state: sketch.state } }),
});

export const vgr = (
  sketch: ReplicationSketch & {
    selector?: object;
    listed?: string[];
  } = {},
): VolumeGroupReplication => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeGroupReplication',
  metadata: metadataOf('vgr', { name: 'all', ...sketch }),
  spec: {
    volumeGroupReplicationClassName: 'rbd-group',
    volumeReplicationClassName: 'rbd',
    replicationState: (sketch.wants ?? 'primary') as 'primary',
    autoResync: sketch.autoResync ?? false,
    source: { selector: sketch.selector ?? { matchLabels: { app: 'shop' } } },
  },
  status: {
    ...(sketch.state === undefined ? {} : { state: sketch.state }),
    persistentVolumeClaimsRefList: (sketch.listed ?? []).map((name) => ({ name })),
  },
});

export const pv = ({
  name = 'pv-db',
  handle = name,
  claim,
  uid,
  policy = 'Retain',
}: {
  name?: string;
  handle?: string;
  claim?: string | undefined;
  uid?: string;
  policy?: 'Retain' | 'Delete';
} = {}): PersistentVolume => {
  const [namespace = '', claimName = ''] = claim?.split('/') ?? [];
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, uid: `pv-${name}` },
    spec: {
      csi: { driver: 'rbd.csi.ceph.com', volumeHandle: handle },
      persistentVolumeReclaimPolicy: policy,
      ...(claim === undefined
        ? {}
        : { claimRef: { namespace, name: claimName, ...(uid === undefined ? {} : { uid }) } }),
    },
  };
};

export const pvc = ({
  namespace = 'shop',
  name = 'db',
  volume,
  labels,
  group,
  phase,
}: {
  namespace?: string;
  name?: string;
  volume?: string;
  labels?: Record<string, string>;
  group?: string;
  phase?: string;
} = {}): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {
    namespace,
    name,
    uid: `pvc-${namespace}-${name}`,
    ...(labels === undefined ? {} : { labels }),
    ...(group === undefined
      ? {}
      : { annotations: { 'replication.storage.openshift.io/volume-group-replication-name': group } }),
  },
  spec: { storageClassName: 'rbd-sc', ...(volume === undefined ? {} : { volumeName: volume }) },
  status: { phase: phase ?? (volume === undefined ? 'Pending' : 'Bound') },
});

/** Claim `shop/db` bound to PV `pv-db`, and the class that replicates it. */
export const withBoundClaim = (site: Site): Site => {
  site.put('claims', pvc({ volume: 'pv-db' }));
  site.put('volumes', pv({ claim: 'shop/db', uid: 'pvc-shop-db' }));
  site.put('replicationClasses', {
    metadata: { name: 'rbd' },
    spec: { provisioner: 'rbd.csi.ceph.com', parameters: { schedulingInterval: '5m' } },
  });
  return site;
};

const resourceOf: Readonly<Record<string, Resource>> = Object.fromEntries(
  Object.values(resources).map((resource) => [resource.kind, resource]),
);

let uid = 0;

const requestOf = (
  operation: AdmissionRequest['operation'],
  objects: { object?: KubernetesObject; oldObject?: KubernetesObject },
  changes: Partial<AdmissionRequest> = {},
): AdmissionRequest => {
  const shown = objects.object ?? objects.oldObject;
  const { group, version, plural, kind } = resourceOf[shown?.kind ?? 'VolumeReplication']!;
  uid += 1;
  return {
    uid: `request-${uid}`,
    operation,
    resource: { group, version, resource: plural },
    subResource: '',
    kind: { group, version, kind },
    name: shown?.metadata?.name ?? '',
    namespace: shown?.metadata?.namespace ?? '',
    user: { username: 'alice', uid: 'alice-uid', groups: ['people'], extra: { scopes: ['a'] } },
    dryRun: false,
    object: objects.object,
    oldObject: objects.oldObject,
    ...changes,
  };
};

/** Requests as the API server makes them. */
export const creating = (object: KubernetesObject, changes?: Partial<AdmissionRequest>): AdmissionRequest =>
  requestOf('CREATE', { object }, changes);
export const deleting = (
  oldObject: KubernetesObject,
  changes?: Partial<AdmissionRequest>,
): AdmissionRequest => requestOf('DELETE', { oldObject }, changes);
export const changing = (
  oldObject: KubernetesObject,
  object: KubernetesObject,
  changes?: Partial<AdmissionRequest>,
): AdmissionRequest => requestOf('UPDATE', { oldObject, object }, changes);

/** A consent that holds for ten minutes from `now`. */
export const consentTo = (...accepts: string[]): string =>
  JSON.stringify({
    accepts,
    maxLoss: 'unknown',
    by: 'alice',
    expires: new Date(now + 600_000).toISOString(),
  });
