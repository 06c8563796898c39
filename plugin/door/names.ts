// Names for completion, through the room that talks to clusters.
import { type Resource, resources } from '../../core/model/resource.ts';
import { connect } from '../../kube/connect.ts';
import { loadKubeconfig } from '../../kube/kubeconfig.ts';
import type { Io } from '../io.ts';

/** A person is waiting with a finger on the key. */
const longestWaitMs = 1000;

const kinds = {
  claims: resources.persistentVolumeClaims,
  operations: resources.operations,
  namespaces: resources.namespaces,
} as const satisfies Record<string, Resource>;

/** Names of contexts, or of objects in the chosen cluster, within a second. Rejects where there are none to be had. */
export const lookUpNames = async (
  what: 'contexts' | keyof typeof kinds,
  where: { kubeconfig: string | undefined; context: string | undefined; namespace: string | undefined },
  io: Io,
): Promise<string[]> => {
  const kubeconfig = loadKubeconfig({ env: io.env, home: io.home, kubeconfig: where.kubeconfig });
  if (what === 'contexts') return kubeconfig.contexts.map(({ name }) => name);
  const cluster = connect({
    kubeconfig,
    context: where.context,
    requestTimeoutMs: longestWaitMs,
    env: io.env,
    now: io.now,
    random: io.random,
  });
  try {
    const resource = kinds[what];
    const { items } = await cluster.list(resource, {
      ...(resource.namespaced && { namespace: where.namespace ?? cluster.defaultNamespace }),
      limit: 500,
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(longestWaitMs)]),
    });
    return items.map(({ metadata }) => metadata.name ?? '');
  } finally {
    cluster.close();
  }
};
