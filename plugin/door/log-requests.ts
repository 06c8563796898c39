import { messageOf } from '../../core/model/error.ts';
import type { Resource } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';

/** From this verbosity on, requests are told. */
export const requestsFrom = 6;

/** A cluster whose reads are told, one line each: what was asked, how long it took, what came. */
export const logRequests = (cluster: Cluster, log: (line: string) => void, now: () => number): Cluster => {
  const told = async <T>(what: string, request: Promise<T>, describe: (answer: T) => string): Promise<T> => {
    const started = now();
    const end = (outcome: string) => log(`${cluster.name}: ${what}: ${outcome} in ${now() - started} ms`);
    try {
      const answer = await request;
      end(describe(answer));
      return answer;
    } catch (error) {
      end(messageOf(error).replace(`${cluster.name}: `, ''));
      throw error;
    }
  };
  const count = ({ items }: { items: unknown[] }): string => `${items.length} objects`;
  const place = ({ plural }: Resource, namespace: string | undefined): string =>
    namespace === undefined ? plural : `${plural} in ${namespace}`;
  return {
    ...cluster,
    list: (resource, options) =>
      told(`list ${place(resource, options?.namespace)}`, cluster.list(resource, options), count),
    listAll: (resource, options) =>
      told(`list all ${place(resource, options?.namespace)}`, cluster.listAll(resource, options), count),
    get: (resource, key, options) =>
      told(
        `get ${place(resource, key.namespace)} ${key.name}`,
        cluster.get(resource, key, options),
        () => 'found',
      ),
    watch: (resource, options) => {
      log(`${cluster.name}: watch ${place(resource, options.namespace)} from ${options.resourceVersion}`);
      return cluster.watch(resource, options);
    },
  };
};
