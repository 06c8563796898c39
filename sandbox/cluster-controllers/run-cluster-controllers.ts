import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { Cluster, ObjectKey } from '../../kube/cluster.ts';
import { createEventRecorder } from '../../kube/events.ts';
import { type Informer, startInformer } from '../../kube/informer.ts';
import type { Change } from '../../kube/object-cache.ts';
import { createGarbageCollector, type GarbageCollector } from './cleanup/garbage-collector.ts';
import { namespaceController } from './cleanup/namespaces.ts';
import { discoverKinds } from './cleanup/served-kinds.ts';
import type { ClusterController, LookContext } from './runtime/cluster-controller.ts';
import { type CachedKind, cachedKinds } from './runtime/indexes.ts';
import { perform } from './runtime/perform.ts';
import type { SiteCache } from './runtime/site-cache.ts';
import { createWorkQueue, describeFailure, type Log, type WorkQueue } from './runtime/work-queue.ts';
import { createAttacher } from './volumes/attacher.ts';
import { claimBinder, volumeBinder } from './volumes/binder.ts';
import { claimProtection, volumeProtection } from './volumes/protection.ts';
import { createProvisioner, createReclaimer } from './volumes/provisioner.ts';
import type { FindMountObstacle, StorageDriver } from './volumes/storage-driver.ts';
import { ephemeralVolumeController } from './workloads/ephemeral-volumes.ts';
import { createNodeAgent, createScheduler } from './workloads/pod-controllers.ts';
import { defaultAccountController } from './workloads/service-accounts.ts';
import { ensureNode, siteNodeOf } from './workloads/site-node.ts';
import { workloadControllers } from './workloads/workload-controllers.ts';

export type ClusterControllersOptions = {
  cluster: Cluster;
  /** The same cluster as another user sees it; left out, all controllers act as one user. */
  actAs?: (account: string) => Cluster;
  /** The site's name; its node is named after it. */
  site: string;
  /** Without one nothing is provisioned or attached. */
  driver?: StorageDriver;
  findMountObstacle?: FindMountObstacle;
  now: () => number;
  random: () => number;
  log: Log;
  signal: AbortSignal;
};

/** The controllers of one site at work. */
export type ClusterControllers = {
  /** Settles when every kind has been read and the controllers began. */
  readonly started: Promise<void>;
  /** Whether nothing is left to look at right now. */
  isIdle(): boolean;
};

/** Failures a user can see get told; a conflict is daily bread. */
const quietFailures = new Set(['Conflict', 'Unreachable', 'RequestTimeout']);

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';

const controllersOf = (options: ClusterControllersOptions): ClusterController[] => {
  const { driver, site, findMountObstacle = () => undefined } = options;
  const node = siteNodeOf(site);
  const agent = { node, driverName: driver?.name, findMountObstacle };
  return [
    claimBinder,
    volumeBinder,
    claimProtection,
    volumeProtection,
    namespaceController,
    defaultAccountController,
    ephemeralVolumeController,
    ...workloadControllers(node),
    createScheduler(node),
    createNodeAgent(agent),
    ...(driver === undefined
      ? []
      : [createProvisioner(driver), createReclaimer(driver), createAttacher(driver, node.name)]),
  ];
};

const resourceKey = ({ group, plural }: Resource): string => `${group}/${plural}`;

/** The informers of a site by kind, read as one cache. */
const cacheOver = (informers: ReadonlyMap<string, Informer<KubernetesObject>>): SiteCache => {
  const of = (resource: Resource): Informer<KubernetesObject> | undefined =>
    informers.get(resourceKey(resource));
  return {
    get: <T extends KubernetesObject>(resource: Resource, key: ObjectKey) =>
      of(resource)?.get(key) as T | undefined,
    list: <T extends KubernetesObject>(resource: Resource) => (of(resource)?.list() ?? []) as T[],
    by: <T extends KubernetesObject>(resource: Resource, index: string, value: string) =>
      (of(resource)?.by(index, value) ?? []) as T[],
  };
};

const clusterOf = ({ account }: ClusterController, { cluster, actAs }: ClusterControllersOptions): Cluster =>
  account === undefined ? cluster : (actAs?.(account) ?? cluster);

type Station = { controller: ClusterController; queue: WorkQueue };

const openStation = (
  controller: ClusterController,
  shared: LookContext,
  options: ClusterControllersOptions,
  record: Recorder,
): Station => ({
  controller,
  queue: createWorkQueue({
    concurrency: controller.concurrency,
    random: options.random,
    signal: options.signal,
    handle: async (key) => {
      const context = { ...shared, cluster: clusterOf(controller, options) };
      const { effects, againAfterMs } = await controller.look(key, context);
      const { cluster, signal } = context;
      for (const effect of effects) await perform({ cluster, signal, recordEvent: record }, effect);
      return againAfterMs;
    },
    onFailure: (key, thrown, retryAfterMs) => {
      if (quietFailures.has(codeOf(thrown))) return;
      options.log('warn', describeFailure(controller.name, key, thrown), {
        retryAfterMs: Math.round(retryAfterMs),
      });
    },
  }),
});

type Recorder = Parameters<typeof perform>[0]['recordEvent'];

const createRecorder = ({ cluster, now }: ClusterControllersOptions): Recorder => {
  const recorder = createEventRecorder({ cluster, component: 'sandbox', now });
  return ({ object, resource, type, reason, message }) => {
    const { group, version } = resource;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    recorder.record({ object: { apiVersion, kind: resource.kind, ...object }, type, reason, message });
  };
};

/** Collects garbage as one more controller, whose keys are uids. */
const garbageController = (collector: GarbageCollector): ClusterController => ({
  name: 'garbage collector',
  concurrency: 8,
  watches: [],
  look: (uid) => collector.look(uid),
});

/**
 * Runs all controllers of one site over HTTP against any API server that has none of its own. They end with the signal.
 * Whatever was going on when an earlier run ended is taken up again, because every step is decided from what is there.
 */
export const runClusterControllers = (options: ClusterControllersOptions): ClusterControllers => {
  const { cluster, signal, now, random } = options;
  const informers = new Map<string, Informer<KubernetesObject>>();
  const cache = cacheOver(informers);
  const context: LookContext = { cluster, cache, now, signal };
  const record = createRecorder(options);
  const stations = controllersOf(options).map((controller) =>
    openStation(controller, context, options, record),
  );
  let isOpen = false;

  const collector = createGarbageCollector({
    cluster,
    followed: cachedKinds.map(({ resource }) => resource),
    readFollowed: cache.get,
    signal,
    now,
    random,
    onConcern: (uid) => {
      if (isOpen) garbage.queue.add(uid);
      else early.add(uid);
    },
  });
  const early = new Set<string>();
  const garbage = openStation(garbageController(collector), context, options, record);

  const tell = (resource: Resource, object: KubernetesObject): void => {
    for (const { controller, queue } of stations) {
      for (const watch of controller.watches) {
        if (watch.resource !== resource) continue;
        for (const key of watch.keysOf(object, cache)) queue.add(key);
      }
    }
  };

  const onChange = (resource: Resource, change: Change<KubernetesObject>): void => {
    collector.report(resource, change);
    if (!isOpen) return;
    // What an object was concerned with before a change is looked at as well.
    if (change.type === 'updated') tell(resource, change.before);
    tell(resource, change.object);
    if (resource === resources.customResourceDefinitions) kinds.queue.add('all');
  };

  const kinds = openStation(
    {
      name: 'kind discovery',
      concurrency: 1,
      watches: [],
      look: async () => {
        await collector.followKinds();
        return { effects: [] };
      },
    },
    context,
    options,
    record,
  );

  const follow = ({ resource, indexes }: CachedKind): Promise<void> => {
    const informer = startInformer<KubernetesObject>({
      cluster,
      resource,
      indexes,
      signal,
      now,
      random,
      onChange: (change) => onChange(resource, change),
    });
    informers.set(resourceKey(resource), informer);
    return informer.synced;
  };

  const start = async (): Promise<void> => {
    const { kinds: served } = await discoverKinds(cluster, signal);
    const names = new Set(served.map(({ resource }) => resourceKey(resource)));
    // A server need not have every kind; what needs a missing one simply has nothing to do.
    const followed = cachedKinds.filter(({ resource }) => names.has(resourceKey(resource)));
    if (names.has(resourceKey(resources.nodes))) {
      await ensureNode({ cluster, node: siteNodeOf(options.site), now, signal });
    }
    await Promise.all(followed.map(follow));
    await collector.followKinds();
    isOpen = true;
    for (const { resource } of followed) for (const object of cache.list(resource)) tell(resource, object);
    for (const uid of early) garbage.queue.add(uid);
    early.clear();
  };

  const all = [...stations, garbage, kinds];
  return { started: start(), isIdle: () => all.every(({ queue }) => queue.busy === 0) };
};
