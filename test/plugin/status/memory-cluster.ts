import { DrError } from '../../../core/model/error.ts';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import type { Cluster, ListOptions, WatchEvent } from '../../../kube/cluster.ts';

/** What a cluster holds, by plural; an error instead of a list is what reading that kind rejects with. */
export type MemoryObjects = Record<string, KubernetesObject[] | Error>;

export type MemoryCluster = Cluster & {
  /** Each request so far: `list persistentvolumes`. */
  readonly requests: string[];
};

const unsupported = (): never => {
  throw new Error('status writes nothing');
};

const notServed = (plural: string): Error =>
  new DrError({ code: 'ResourceNotServed', message: `the server could not find ${plural}` });

/** A cluster of objects in memory, for reading; pages as a server does. */
export const memoryCluster = (name: string, objects: MemoryObjects): MemoryCluster => {
  const requests: string[] = [];
  const held = ({ plural }: Resource): KubernetesObject[] => {
    const found = objects[plural];
    if (found instanceof Error) throw found;
    if (found === undefined) throw notServed(plural);
    return found;
  };
  const select = (resource: Resource, { namespace, labelSelector }: ListOptions) => {
    const [label, value] = labelSelector?.split('=') ?? [];
    return held(resource)
      .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
      .filter(({ metadata }) => label === undefined || metadata.labels?.[label] === value);
  };
  const list = async (resource: Resource, options: ListOptions = {}) => {
    requests.push(`list ${resource.plural}`);
    const items = select(resource, options);
    const page = items.slice(0, options.limit ?? items.length);
    return { items: page, resourceVersion: '1', ...(page.length < items.length && { continue: 'more' }) };
  };
  return {
    name,
    server: `https://${name}:6443`,
    defaultNamespace: 'shop',
    requests,
    list: list as Cluster['list'],
    listAll: ((resource: Resource, options: ListOptions = {}) => {
      const { limit: _, ...rest } = options;
      return list(resource, rest);
    }) as Cluster['listAll'],
    get: (async (resource: Resource, key: { name: string }) => {
      requests.push(`get ${resource.plural}`);
      const found = held(resource).find(({ metadata }) => metadata.name === key.name);
      if (found === undefined) throw new DrError({ code: 'NotFound', message: `${key.name} not found` });
      return found;
    }) as Cluster['get'],
    create: unsupported,
    replace: unsupported,
    patch: unsupported,
    delete: unsupported,
    request: unsupported,
    watch: async function* <T extends KubernetesObject>(): AsyncIterable<WatchEvent<T>> {},
    close: () => {},
  };
};
