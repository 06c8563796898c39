import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import type { Cluster } from '../../../kube/cluster.ts';
import type { Decision } from './decision.ts';
import type { SiteCache } from './site-cache.ts';

/** What a controller has at hand when it looks at a key. */
export type LookContext = {
  cluster: Cluster;
  cache: SiteCache;
  /** Milliseconds since the epoch. */
  now: () => number;
  signal: AbortSignal;
};

/** A change of one kind, and the keys that have to be looked at because of it. */
export type Watch = {
  resource: Resource;
  keysOf: (object: KubernetesObject, cache: SiteCache) => Iterable<string>;
};

/** One controller of a site: which changes concern it, and how it looks at a key. Looking twice at the same facts is harmless. */
export type ClusterController = {
  name: string;
  /** The user it acts as, where others have to recognise it: as in a real cluster, a service account of its own. */
  account?: string;
  /** Keys at work at the same time. */
  concurrency: number;
  watches: readonly Watch[];
  /** Gathers the facts about a key and decides; drivers are called here, the API is written by whoever called. */
  look: (key: string, context: LookContext) => Decision | Promise<Decision>;
};
