import type { KubernetesObject, OwnerReference } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import { isNotFound } from '../../../kube/api-error.ts';
import type { Cluster, ObjectKey } from '../../../kube/cluster.ts';
import { type Informer, startInformer } from '../../../kube/informer.ts';
import type { Change } from '../../../kube/object-cache.ts';
import type { Decision } from '../runtime/decision.ts';
import { settled } from '../runtime/decision.ts';
import { decideGarbage, garbageFinalizers, type OwnerState } from './garbage-decision.ts';
import { createOwnerGraph, type OwnedObject, ownedObjectOf } from './owner-graph.ts';
import { discoverKinds, type ServedKind } from './served-kinds.ts';

/** The owner of garbage, and where the rest of the site's caches report to. */
export type GarbageCollector = {
  /** Tells of a change of a kind that somebody else follows. */
  report(resource: Resource, change: Change<KubernetesObject>): void;
  /** Looks for kinds that came or went; settles when all are followed. */
  followKinds(): Promise<void>;
  /** Looks at the object with this uid. */
  look(uid: string): Promise<Decision>;
};

export type GarbageCollectorOptions = {
  cluster: Cluster;
  /** Kinds that the rest of the site follows already, and how to find one of their objects. */
  followed: readonly Resource[];
  readFollowed: (resource: Resource, key: ObjectKey) => KubernetesObject | undefined;
  signal: AbortSignal;
  now: () => number;
  random: () => number;
  /** Called with the uids that have to be looked at. */
  onConcern: (uid: string) => void;
};

/** Written often and owned by nobody that could leave them behind. */
const passedOver = new Set(['events', 'leases', 'endpoints', 'endpointslices', 'componentstatuses', 'nodes']);

const resourceKey = ({ group, plural }: Resource): string => `${group}/${plural}`;

const isCollectable = ({ resource, verbs }: ServedKind): boolean =>
  !passedOver.has(resource.plural) && ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb));

/** Only what the graph is made of: 10,000 objects of a kind must not cost more than their names. */
const keepOwnership = ({ metadata }: KubernetesObject): KubernetesObject => {
  const { name, namespace, uid, resourceVersion, deletionTimestamp, ownerReferences, finalizers } = metadata;
  return {
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(ownerReferences !== undefined && { ownerReferences }),
      ...(finalizers !== undefined && { finalizers }),
    },
  };
};

const isHanded = ({ isDeleting, finalizers }: OwnedObject): boolean =>
  isDeleting &&
  (finalizers.includes(garbageFinalizers.foreground) || finalizers.includes(garbageFinalizers.orphan));

/** Follows owner references over all kinds of a cluster. Only objects with owners, or waiting for it, are remembered. */
export const createGarbageCollector = (options: GarbageCollectorOptions): GarbageCollector => {
  const { cluster, signal, onConcern } = options;
  const graph = createOwnerGraph();
  const kinds = new Map<string, Resource>();
  const informers = new Map<string, { informer: Informer<KubernetesObject>; stop: AbortController }>();
  const shared = new Set(options.followed.map(resourceKey));

  const forget = (uid: string): void => {
    const dependents = graph.dependentsOf(uid);
    const owners = graph.get(uid)?.owners ?? [];
    graph.remove(uid);
    for (const dependent of dependents) onConcern(dependent.uid);
    // An owner that waits for this one to go.
    for (const owner of owners) if (graph.get(owner.uid) !== undefined) onConcern(owner.uid);
  };

  const remember = (resource: Resource, object: KubernetesObject): void => {
    const item = ownedObjectOf(resource, object);
    if (item.owners.length === 0 && !isHanded(item)) {
      graph.remove(item.uid);
      return;
    }
    graph.put(item);
    onConcern(item.uid);
    if (isHanded(item)) for (const dependent of graph.dependentsOf(item.uid)) onConcern(dependent.uid);
    for (const owner of item.owners) if (graph.get(owner.uid)?.isDeleting) onConcern(owner.uid);
  };

  const report: GarbageCollector['report'] = (resource, change) => {
    const uid = change.object.metadata.uid ?? '';
    if (change.type === 'updated' && change.before.metadata.uid !== uid)
      forget(change.before.metadata.uid ?? '');
    if (change.type === 'deleted') forget(uid);
    else remember(resource, change.object);
  };

  const follow = (resource: Resource): Promise<void> => {
    const stop = new AbortController();
    const informer = startInformer<KubernetesObject>({
      cluster,
      resource,
      transform: keepOwnership,
      signal: AbortSignal.any([signal, stop.signal]),
      onChange: (change) => report(resource, change),
      now: options.now,
      random: options.random,
    });
    informers.set(resourceKey(resource), { informer, stop });
    return informer.synced;
  };

  const followKinds = async (): Promise<void> => {
    const { kinds: served, failed } = await discoverKinds(cluster, signal);
    const collectable = served.filter(isCollectable);
    for (const { resource } of served) kinds.set(`${resource.group}/${resource.kind}`, resource);
    const wanted = new Set(collectable.map(({ resource }) => resourceKey(resource)));
    for (const [key, { stop }] of informers) {
      if (wanted.has(key) || failed.length > 0) continue;
      stop.abort();
      informers.delete(key);
    }
    const fresh = collectable
      .map(({ resource }) => resource)
      .filter((resource) => !shared.has(resourceKey(resource)) && !informers.has(resourceKey(resource)));
    await Promise.all(fresh.map(follow));
  };

  const read = async (resource: Resource, key: ObjectKey): Promise<KubernetesObject | undefined> => {
    try {
      return await cluster.get<KubernetesObject>(resource, key, { signal });
    } catch (thrown) {
      if (isNotFound(thrown)) return undefined;
      throw thrown;
    }
  };

  const readItem = async (item: OwnedObject): Promise<KubernetesObject | undefined> => {
    const { name, namespace, resource, uid } = item;
    const object = await read(resource, { name, ...(namespace !== undefined && { namespace }) });
    return object?.metadata.uid === uid ? object : undefined;
  };

  const stateOf = async (item: OwnedObject, reference: OwnerReference): Promise<OwnerState> => {
    const known = graph.get(reference.uid);
    if (known?.isDeleting && known.finalizers.includes(garbageFinalizers.foreground))
      return 'waiting-for-dependents';
    if (known !== undefined) return 'present';
    const [first = '', second] = reference.apiVersion.split('/');
    const resource = kinds.get(`${second === undefined ? '' : first}/${reference.kind}`);
    // A kind that nobody knows proves nothing: its definition may come back.
    if (resource === undefined) return 'present';
    const namespace = resource.namespaced ? item.namespace : undefined;
    const key = { name: reference.name, ...(namespace !== undefined && { namespace }) };
    const cached =
      informers.get(resourceKey(resource))?.informer.get(key) ?? options.readFollowed(resource, key);
    if (cached?.metadata.uid === reference.uid) return 'present';
    const live = await read(resource, key);
    return live?.metadata.uid === reference.uid ? 'present' : 'absent';
  };

  const look = async (uid: string): Promise<Decision> => {
    const cached = graph.get(uid);
    if (cached === undefined) return settled;
    const isOwned = cached.owners.length > 0 && !cached.isDeleting;
    if (!isOwned && !isHanded(cached)) return settled;
    const states = await Promise.all(
      cached.owners.map(async (reference) => ({ reference, state: await stateOf(cached, reference) })),
    );
    if (!isHanded(cached) && states.every(({ state }) => state === 'present')) return settled;
    const object = await readItem(cached);
    if (object === undefined) return settled;
    const item = ownedObjectOf(cached.resource, object);
    const dependents = await Promise.all(
      graph
        .dependentsOf(uid)
        .map(async (dependent) => ({ item: dependent, object: await readItem(dependent) })),
    );
    return decideGarbage({
      object,
      item,
      owners: states,
      dependents: dependents.flatMap((one) =>
        one.object === undefined ? [] : [{ item: one.item, object: one.object }],
      ),
    });
  };

  return { report, followKinds, look };
};
