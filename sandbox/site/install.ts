import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { DrError } from '../../core/model/error.ts';
import type { Condition, KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { apiVersionOf, type Resource, resources } from '../../core/model/resource.ts';
import { isAlreadyExists, isNotFound } from '../../kube/api-error.ts';
import type { Cluster, ObjectKey } from '../../kube/cluster.ts';

type Definition = KubernetesObject & { status?: { conditions?: Condition[] } };

const pollMs = 25;

/** The objects in a file of manifests. */
export const readObjects = async (path: string): Promise<KubernetesObject[]> =>
  parseAllDocuments(await readFile(path, 'utf8')).map((document) => document.toJS() as KubernetesObject);

/** The kind of an object that the manifests hold. */
export const resourceOf = (object: KubernetesObject): Resource => {
  const found = Object.values(resources).find(
    (resource) => resource.kind === object.kind && apiVersionOf(resource) === object.apiVersion,
  );
  if (found !== undefined) return found;
  throw new DrError({
    code: 'InstallationIncomplete',
    message: `manifests hold a ${object.apiVersion ?? ''} ${object.kind ?? ''}, which the sandbox does not know`,
  });
};

/** Where an object is. */
export const keyOf = ({ metadata }: KubernetesObject): ObjectKey => ({
  name: metadata.name ?? '',
  ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
});

/** Creates an object. One that is there is left alone: it may be the user's own by now. */
export const createOnce = async (
  cluster: Cluster,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<void> => {
  try {
    await cluster.create(resourceOf(object), object, { signal });
  } catch (thrown) {
    if (!isAlreadyExists(thrown)) throw thrown;
  }
};

/** Waits until a condition of one object holds; says what did not happen when time is up. */
const awaitObject = async <T extends KubernetesObject>(
  cluster: Cluster,
  options: { resource: Resource; key: ObjectKey; what: string; withinMs: number; signal: AbortSignal },
  holds: (object: T) => boolean,
): Promise<void> => {
  const { resource, key, what, withinMs, signal } = options;
  for (let waited = 0; waited < withinMs; waited += pollMs) {
    const object = await cluster.get<T>(resource, key, { signal }).catch((thrown: unknown) => {
      if (isNotFound(thrown)) return undefined;
      throw thrown;
    });
    if (object !== undefined && holds(object)) return;
    await delay(pollMs, undefined, { signal });
  }
  throw new DrError({
    code: 'SandboxNotReady',
    message: `${cluster.name}: ${what} within ${withinMs / 1000} s`,
    hint: 'look at the log of the sandbox',
  });
};

const isEstablished = ({ status }: Definition): boolean =>
  status?.conditions?.some((one) => one.type === 'Established' && one.status === 'True') === true;

/** Brings the definitions of manifests/crds into a cluster, new or as they are today, and waits until they are served. */
export const installDefinitions = async (
  cluster: Cluster,
  manifests: string,
  signal: AbortSignal,
): Promise<void> => {
  const resource = resources.customResourceDefinitions;
  const directory = join(manifests, 'crds');
  const files = (await readdir(directory)).filter((name) => name.endsWith('.yaml')).sort();
  const objects = (await Promise.all(files.map((file) => readObjects(join(directory, file))))).flat();
  const definitions = objects.filter(({ kind }) => kind === resource.kind);
  await Promise.all(
    definitions.map(async (definition) => {
      const key = keyOf(definition);
      try {
        await cluster.create(resource, definition, { signal });
      } catch (thrown) {
        if (!isAlreadyExists(thrown)) throw thrown;
        await cluster.patch(resource, key, { spec: definition['spec'] }, { type: 'merge', signal });
      }
      const what = `${key.name} is not established`;
      await awaitObject<Definition>(
        cluster,
        { resource, key, what, withinMs: 15_000, signal },
        isEstablished,
      );
    }),
  );
};

const sample = async (manifests: string, name: string): Promise<KubernetesObject[]> =>
  readObjects(join(manifests, 'samples', `${name}.yaml`));

/** What both sites need before a volume can be provisioned: storage class and secret. */
export const installStorage = async (
  cluster: Cluster,
  manifests: string,
  signal: AbortSignal,
): Promise<void> => {
  const objects = await Promise.all(['secret', 'storage-class'].map((name) => sample(manifests, name)));
  for (const object of objects.flat()) await createOnce(cluster, object, signal);
};

/** What both sites need before a volume can be replicated. A guard that does not answer yet would refuse it. */
export const installReplicationClass = async (
  cluster: Cluster,
  manifests: string,
  signal: AbortSignal,
): Promise<void> => {
  for (const object of await sample(manifests, 'volume-replication-class'))
    await createOnce(cluster, object, signal);
};

/** The claim of the first steps, Bound. */
export const installClaim = async (
  cluster: Cluster,
  manifests: string,
  signal: AbortSignal,
): Promise<void> => {
  const resource = resources.persistentVolumeClaims;
  for (const claim of await sample(manifests, 'persistent-volume-claim')) {
    await createOnce(cluster, claim, signal);
    const key = keyOf(claim);
    const what = `claim ${key.namespace ?? ''}/${key.name} is not Bound`;
    await awaitObject<PersistentVolumeClaim>(
      cluster,
      { resource, key, what, withinMs: 15_000, signal },
      ({ status }) => status?.phase === 'Bound',
    );
  }
};
