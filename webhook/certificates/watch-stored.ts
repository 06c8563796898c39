import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { startInformer } from '../../kube/informer.ts';
import { registrationKeys } from '../registration/registration.ts';
import type { KeepOptions } from './keep-options.ts';
import { secretName } from './stored-certificates.ts';

type Watched = { resource: Resource; name: string; namespace?: string };

/**
 * Calls back at each change of the Secret and of the registrations, each watched by its name alone. Nothing of them is kept but what
 * tells two versions apart: who is called reads them anew.
 */
export const watchStored = (
  { cluster, namespace }: { readonly cluster: Cluster; readonly namespace: string },
  { signal, now, random, log }: KeepOptions,
  onChange: () => void,
): void => {
  const watched: Watched[] = [
    { resource: resources.secrets, name: secretName, namespace },
    ...Object.values(registrationKeys),
  ];
  for (const { resource, name, namespace: within } of watched) {
    startInformer<KubernetesObject>({
      cluster,
      resource,
      namespace: within,
      fieldSelector: `metadata.name=${name}`,
      transform: ({ metadata: { resourceVersion = '', uid = '' } }) => ({
        metadata: { name, resourceVersion, uid, ...(within && { namespace: within }) },
      }),
      onChange,
      signal,
      now,
      random,
      log,
    });
  }
};
