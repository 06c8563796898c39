import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import { ApiError } from '../../../kube/api-error.ts';
import type { Cluster } from '../../../kube/cluster.ts';
import {
  buildRegistration,
  type RegistrationKey,
  registrationKeys,
} from '../../../webhook/registration/registration.ts';
import type { WebhookConfiguration } from '../../../webhook/registration/webhook-configuration.ts';

const failure = (httpStatus: number, reason: string) =>
  new ApiError({ httpStatus, reason, message: `${reason} (memory)` });

/** As much of a cluster as certificates need, in memory: Secret and registrations with resourceVersions and conflicts. */
export type MemoryCluster = {
  readonly cluster: Cluster;
  read(resource: Resource, name: string): KubernetesObject | undefined;
  write(resource: Resource, name: string, object: KubernetesObject): void;
  remove(resource: Resource, name: string): void;
};

const notNeeded = (): never => {
  throw new Error('not part of the memory cluster');
};

export const createMemoryCluster = (): MemoryCluster => {
  const objects = new Map<string, KubernetesObject>();
  let version = 0;
  const keyOf = ({ plural }: Resource, name: string): string => `${plural}/${name}`;
  const read = (resource: Resource, name: string) => {
    const found = objects.get(keyOf(resource, name));
    return found === undefined ? undefined : structuredClone(found);
  };
  const write = (resource: Resource, name: string, object: KubernetesObject): void => {
    version += 1;
    const { uid = `uid-${version}` } = object.metadata;
    objects.set(keyOf(resource, name), {
      ...structuredClone(object),
      metadata: { ...object.metadata, name, uid, resourceVersion: `${version}` },
    });
  };
  const get = (resource: Resource, name: string): KubernetesObject => {
    const found = read(resource, name);
    if (found === undefined) throw failure(404, 'NotFound');
    return found;
  };
  const store = (resource: Resource, object: KubernetesObject): KubernetesObject => {
    write(resource, object.metadata.name!, object);
    return get(resource, object.metadata.name!);
  };
  const isCurrent = (stored: KubernetesObject, { metadata }: KubernetesObject): boolean =>
    metadata.resourceVersion === stored.metadata.resourceVersion;

  /** Only what `writeBundle` asks for: the bundles of webhooks by their name. */
  const applyBundles = (resource: Resource, name: string, body: WebhookConfiguration): KubernetesObject => {
    const stored = get(resource, name) as WebhookConfiguration;
    if (!isCurrent(stored, body)) throw failure(409, 'Conflict');
    for (const { name: webhook, clientConfig } of body.webhooks ?? []) {
      const found = stored.webhooks!.find((candidate) => candidate.name === webhook);
      if (found === undefined || clientConfig.caBundle === undefined) return notNeeded();
      found.clientConfig.caBundle = clientConfig.caBundle;
    }
    return store(resource, stored);
  };

  const cluster: Partial<Cluster> = {
    name: 'memory',
    get: (async (resource: Resource, { name }: { name: string }) => get(resource, name)) as Cluster['get'],
    create: (async (resource: Resource, object: KubernetesObject) => {
      if (read(resource, object.metadata.name!) !== undefined) throw failure(409, 'AlreadyExists');
      return store(resource, object);
    }) as Cluster['create'],
    replace: (async (resource: Resource, object: KubernetesObject) => {
      if (!isCurrent(get(resource, object.metadata.name!), object)) throw failure(409, 'Conflict');
      return store(resource, object);
    }) as Cluster['replace'],
    patch: (async (resource: Resource, { name }: { name: string }, body: unknown) =>
      applyBundles(resource, name, body as WebhookConfiguration)) as Cluster['patch'],
  };
  return {
    cluster: cluster as Cluster,
    read,
    write,
    remove: (resource, name) => void objects.delete(keyOf(resource, name)),
  };
};

const built = buildRegistration({
  target: { service: { namespace: 'kubectl-dr', name: 'dr-webhook' } },
  guardPolicy: 'Fail',
  namespace: 'kubectl-dr',
  ownAccounts: [],
});

/** Registers as somebody does who knows nothing of a CA bundle; one that was there is gone then. */
export const putRegistration = (memory: MemoryCluster, { resource, name }: RegistrationKey): void => {
  const object = Object.values(built).find(({ metadata }) => metadata.name === name)!;
  memory.write(resource, name, object);
};

export const allRegistrations: readonly RegistrationKey[] = Object.values(registrationKeys);
