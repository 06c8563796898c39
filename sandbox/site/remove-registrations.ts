import { resources } from '../../core/model/resource.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Cluster } from '../../kube/cluster.ts';

/** What dr-webhook registers, by kind and name. */
const registrations = [
  [resources.validatingWebhookConfigurations, 'kubectl-dr-guard'],
  [resources.validatingWebhookConfigurations, 'kubectl-dr-advice'],
  [resources.mutatingWebhookConfigurations, 'kubectl-dr-restore'],
] as const;

/** Takes away what an earlier sandbox has registered: with nobody behind it, the guard would refuse everything. */
export const removeRegistrations = async (cluster: Cluster, signal: AbortSignal): Promise<void> => {
  await Promise.all(
    registrations.map(([resource, name]) =>
      cluster.delete(resource, { name }, { signal }).catch((thrown: unknown) => {
        if (!isNotFound(thrown)) throw thrown;
      }),
    ),
  );
};
