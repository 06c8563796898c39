import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { Resource } from '../../core/model/resource.ts';
import type { ObjectKey } from '../../kube/cluster.ts';
import { isForbidden } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';
import { type FollowedObjects, followObjects } from '../door/follow-objects.ts';

/** One kind of a site as it changes: of the whole cluster where one may list that, else of some namespaces. */
export type FollowedKind<T extends KubernetesObject> = {
  /** Settles once everything was listed, once it is known that it cannot be at the moment, or once the signal is aborted. */
  readonly looked: Promise<void>;
  /** Why it cannot be read now, if so. */
  failure(): unknown;
  hasSynced(): boolean;
  get(key: ObjectKey): T | undefined;
  list(): readonly T[];
  by(index: string, value: string): readonly T[];
  /** Stores the answer to a write, so that the next look sees it. */
  observe(object: T): void;
  /** The namespaces that it is of; undefined: all. */
  onlyNamespaces(): readonly string[] | undefined;
};

/** What to follow, and who hears of changes. */
export type FollowKindOptions<T extends KubernetesObject> = {
  readonly site: Site;
  readonly resource: Resource;
  /** Undefined: the whole cluster; else these, and the whole cluster only where `prefersCluster`. */
  readonly namespaces: readonly string[];
  /** Whether other namespaces matter as well, where one may see them. */
  readonly prefersCluster: boolean;
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
  /** Keeps who wrote what and when: of VolumeReplications that tells when something was asked for. */
  readonly keepsManagedFields?: boolean;
  /** `claims`: those that the change is about, as `claimsOf` tells; left out where anything may have changed. */
  readonly onChange: (claims?: readonly string[]) => void;
  /** The claims that an object is about, as `namespace/name`; undefined: nobody can tell. */
  readonly claimsOf?: (object: T) => readonly string[] | undefined;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly random: () => number;
};

/** One watch per namespace costs less than a watch of a whole large cluster, until there are many. */
const mostWatches = 20;

type Part<T extends KubernetesObject> = FollowedObjects<T> & { readonly stop: () => void };

const startPart = <T extends KubernetesObject>(
  options: FollowKindOptions<T>,
  namespace: string | undefined,
  onFailure: (error: unknown) => void,
): Part<T> => {
  const { site, resource, indexes, signal, now, random, onChange, claimsOf, keepsManagedFields } = options;
  const ending = new AbortController();
  const followed = followObjects<T>({
    cluster: site.cluster,
    resource,
    namespace: resource.namespaced ? namespace : undefined,
    ...(indexes !== undefined && { indexes }),
    ...(keepsManagedFields === true && { transform: (object: T) => object }),
    signal: AbortSignal.any([signal, ending.signal]),
    now,
    random,
    onChange: ({ object }) => onChange(claimsOf?.(object)),
    onFailure,
  });
  void followed.synced.then(() => onChange());
  return { ...followed, stop: () => ending.abort() };
};

const isWide = ({
  resource,
  namespaces,
  prefersCluster,
}: Omit<FollowKindOptions<never>, 'onChange'>): boolean =>
  !resource.namespaced || prefersCluster || namespaces.length > mostWatches;

/** Follows one kind until the signal is aborted. Never rejects: a site that does not answer is asked again and again. */
export const followKind = <T extends KubernetesObject>(options: FollowKindOptions<T>): FollowedKind<T> => {
  const looked = Promise.withResolvers<void>();
  // An informer that ends before its first list settles nothing.
  options.signal.addEventListener('abort', () => looked.resolve(), { once: true });
  if (options.signal.aborted) looked.resolve();
  let parts: readonly Part<T>[] = [];
  let isNarrow = false;
  const startNarrow = (): void => {
    isNarrow = true;
    for (const part of parts) part.stop();
    parts = options.namespaces.map((namespace) => startPart(options, namespace, fail));
    void Promise.all(parts.map(({ synced }) => synced)).then(() => looked.resolve());
  };
  const fail = (error: unknown): void => {
    const isOurs = isForbidden(error) && !isNarrow && options.resource.namespaced;
    if (isOurs && parts.every((part) => !part.hasSynced())) {
      startNarrow();
      return;
    }
    looked.resolve();
    options.onChange();
  };
  if (isWide(options as never)) {
    parts = [startPart(options, undefined, fail)];
    void parts[0]?.synced.then(() => looked.resolve());
  } else startNarrow();
  return {
    looked: looked.promise,
    failure: () => parts.map((part) => part.failure()).find((failure) => failure !== undefined),
    hasSynced: () => parts.every((part) => part.hasSynced()),
    get: (key) => {
      for (const part of parts) {
        const found = part.get(key);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    list: () => parts.flatMap((part) => part.list()),
    by: (index, value) => parts.flatMap((part) => part.by(index, value)),
    observe: (object) => {
      for (const part of parts) part.observe(object);
    },
    onlyNamespaces: () => (isNarrow && options.prefersCluster ? options.namespaces : undefined),
  };
};
