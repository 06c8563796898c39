// A cluster as one operator reaches it: reads, and writes that go through the guard, fail, or get lost.
import jsonPatch, { type Operation } from 'fast-json-patch';
import { DrError } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { mergePatch } from '../../core/restore/merge-patch.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Cluster, ObjectKey } from '../../kube/cluster.ts';
import { admitReplication } from './admit-replication.ts';
import type { MovingSite, MovingWorld } from './moving-world.ts';

/** What becomes of the next write: nothing, or it is made and nobody hears of it. */
export type WriteFault = 'none' | 'before' | 'after';

/** A write that was made. */
export type Written = {
  readonly resource: Resource;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject;
};

type Caller = {
  /** Whether its requests arrive. */
  readonly reaches: () => boolean;
  /** What becomes of this write. */
  readonly takeFault: () => WriteFault;
  /** The last sync that was shown before a consent, by the name of the claim. */
  readonly shownSync: (claim: string) => number | undefined;
  /** Told before a write is stored. */
  readonly onWrite: (written: Written) => void;
};

const isReplication = (resource: Resource): boolean =>
  resource.plural === resources.volumeReplications.plural;

const unreachable = (name: string): DrError =>
  new DrError({ code: 'Unreachable', message: `${name}: connection refused` });

const failedTest = (): ApiError =>
  new ApiError({ httpStatus: 422, reason: 'Invalid', message: 'the server rejected our request' });

const patched = (before: KubernetesObject, body: unknown): KubernetesObject => {
  if (!Array.isArray(body)) {
    const wanted = (body as { metadata?: { uid?: string } }).metadata?.uid;
    if (wanted !== undefined && wanted !== before.metadata.uid)
      throw new ApiError({ httpStatus: 409, reason: 'Conflict', message: 'Precondition failed: UID' });
    return mergePatch(before, body) as KubernetesObject;
  }
  try {
    return jsonPatch.applyPatch(structuredClone(before), body as Operation[], true).newDocument;
  } catch {
    throw failedTest();
  }
};

/** The API of a site. */
export const createServedCluster = (world: MovingWorld, site: MovingSite, caller: Caller): Cluster => {
  const { guarded } = site;
  const { simulated, name } = guarded;
  const now = (): number => world.now + world.setup.siteSkew[site.number];
  const assertReached = (): void => {
    if (!guarded.isUp || !caller.reaches()) throw unreachable(name);
  };
  const find = <T extends KubernetesObject>(resource: Resource, key: ObjectKey): T => {
    const found = simulated.find<T>(resource, key);
    if (found !== undefined) return found;
    throw new ApiError({
      httpStatus: 404,
      reason: 'NotFound',
      message: `${resource.plural} "${key.name}" not found`,
    });
  };

  const store = async (
    resource: Resource,
    before: KubernetesObject | undefined,
    after: KubernetesObject,
  ): Promise<KubernetesObject> => {
    const fault = caller.takeFault();
    if (fault === 'before') throw unreachable(name);
    caller.onWrite({ resource, before, after });
    const stored = isReplication(resource)
      ? await admitReplication(
          { site: guarded, told: world, now: now() },
          {
            object: after as VolumeReplication,
            oldObject: before as VolumeReplication | undefined,
            user: 'admin',
            knownSync: caller.shownSync((after as VolumeReplication).spec.dataSource.name),
          },
        )
      : simulated.store(resource, after);
    if (fault === 'after') throw unreachable(name);
    return stored;
  };

  const notAsked = async (): Promise<never> => {
    throw new TypeError('no operator asks a cluster for this');
  };

  const list = async <T extends KubernetesObject>(
    resource: Resource,
    options: { namespace?: string } = {},
  ) => {
    assertReached();
    const items = simulated
      .all<T>(resource)
      .filter(({ metadata }) => options.namespace === undefined || metadata.namespace === options.namespace);
    return { items, resourceVersion: '' };
  };

  return {
    name,
    server: `https://${name}.invalid`,
    defaultNamespace: 'default',
    get: async <T extends KubernetesObject>(resource: Resource, key: ObjectKey) => {
      assertReached();
      return find<T>(resource, key);
    },
    list,
    listAll: list,
    create: async <T extends KubernetesObject>(resource: Resource, object: T) => {
      assertReached();
      const { name: objectName = '', namespace = '' } = object.metadata;
      if (simulated.find(resource, { namespace, name: objectName }) !== undefined)
        throw new ApiError({ httpStatus: 409, reason: 'AlreadyExists', message: 'it is there already' });
      return (await store(resource, undefined, object)) as T;
    },
    patch: async <T extends KubernetesObject>(resource: Resource, key: ObjectKey, body: unknown) => {
      assertReached();
      const before = find(resource, key);
      return (await store(resource, before, patched(before, body))) as T;
    },
    delete: async (resource, key) => {
      throw new Error(`an operator deletes ${resource.kind} ${key.name}`);
    },
    replace: notAsked,
    watch: () => {
      throw new TypeError('what an operator sees is told to it');
    },
    request: notAsked,
    close: () => undefined,
  };
};
