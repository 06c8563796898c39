import { join } from 'node:path';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { createOnce, keyOf, readObjects, resourceOf } from './install.ts';

/** As `dr-webhook register` writes them, so that both may be used on one cluster. */
const registrationFieldManager = 'dr-webhook-register';

const read = (manifests: string, name: 'namespace' | 'registration'): Promise<KubernetesObject[]> =>
  readObjects(join(manifests, 'webhook', `${name}.yaml`));

type Registration = KubernetesObject & {
  webhooks?: { clientConfig: { url?: string; service?: { path?: string } } }[];
};

/** The webhooks of a registration at a URL instead of a Service, which leads nowhere here. */
const atUrl = (registration: Registration, url: string): Registration => ({
  ...registration,
  webhooks: (registration.webhooks ?? []).map(({ clientConfig: { service }, ...webhook }) => ({
    ...webhook,
    clientConfig: { url: `${url}${service?.path ?? ''}` },
  })),
});

/**
 * Brings dr-webhook's namespace and registrations of manifests/webhook into a cluster, new or as they are today. Its account, its
 * rights and its Deployment are left out: the sandbox runs it as an administrator, outside of the cluster. The namespace comes
 * first, for the webhook's certificates.
 */
export const installRegistrations = async (
  cluster: Cluster,
  options: { manifests: string; url: string; signal: AbortSignal },
): Promise<void> => {
  const { manifests, url, signal } = options;
  for (const namespace of await read(manifests, 'namespace')) await createOnce(cluster, namespace, signal);
  const registrations = await read(manifests, 'registration');
  await Promise.all(
    registrations.map((object) => {
      const registration = atUrl(object as Registration, url);
      return cluster.patch(resourceOf(object), keyOf(object), registration, {
        type: 'apply',
        fieldManager: registrationFieldManager,
        force: true,
        signal,
      });
    }),
  );
};

/** Takes away what an earlier sandbox has registered: with nobody behind it, the guard would refuse everything. */
export const removeRegistrations = async (
  cluster: Cluster,
  manifests: string,
  signal: AbortSignal,
): Promise<void> => {
  await Promise.all(
    (await read(manifests, 'registration')).map((object) =>
      cluster.delete(resourceOf(object), keyOf(object), { signal }).catch((thrown: unknown) => {
        if (!isNotFound(thrown)) throw thrown;
      }),
    ),
  );
};
