import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { ClusterController } from '../runtime/cluster-controller.ts';
import { type Decision, only, settled } from '../runtime/decision.ts';

const accountName = 'default';

/** Every namespace that stays has a service account `default`, as kube-controller-manager sees to; it is made again when it goes. */
export const decideDefaultAccount = (
  namespace: KubernetesObject | undefined,
  account: KubernetesObject | undefined,
): Decision => {
  if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return settled;
  if (account !== undefined) return settled;
  const metadata = { name: accountName, namespace: namespace.metadata.name ?? '' };
  const object = { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
  return only({ act: 'create', resource: resources.serviceAccounts, object });
};

/** Makes the service accounts that tokens are asked for where nobody made one. */
export const defaultAccountController: ClusterController = {
  name: 'service account controller',
  concurrency: 4,
  watches: [
    { resource: resources.namespaces, keysOf: ({ metadata }) => [metadata.name ?? ''] },
    {
      resource: resources.serviceAccounts,
      keysOf: ({ metadata }) => (metadata.name === accountName ? [metadata.namespace ?? ''] : []),
    },
  ],
  look: (name, { cache }) =>
    decideDefaultAccount(
      cache.get(resources.namespaces, { name }),
      cache.get(resources.serviceAccounts, { namespace: name, name: accountName }),
    ),
};
