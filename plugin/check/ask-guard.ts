import type { WebhookFacts } from '../../core/check/facts.ts';
import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { known, unknown } from '../../core/model/reading.ts';
import { apiVersionOf, resources } from '../../core/model/resource.ts';
import type { Site } from '../door/clusters.ts';

const kind = resources.volumeReplicationClasses;

/** What the question is about; servers may warn of it, which is nobody's business. */
export const askedClassName = 'kubectl-dr-asks-guard';
/** The webhook that has to answer. */
export const guardName = 'guard.kubectl-dr.dev';

/** DR107 refuses it whatever else there is: this schedule is none. */
const refusedClass: KubernetesObject = {
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  metadata: { name: askedClassName },
  spec: { provisioner: 'kubectl-dr.dev', parameters: { schedulingInterval: 'never' } },
};

/**
 * Asks for a change that is never carried out (`dryRun`) and that the guard has to refuse: only a refusal in its name shows that API
 * server, network, certificates and webhook work together. What fails before the guard is asked tells nothing of it.
 */
export const askGuard = async ({ cluster }: Site, signal: AbortSignal): Promise<WebhookFacts['answer']> => {
  try {
    await cluster.create(kind, refusedClass, { dryRun: true, signal });
    return known({ no: 'a change that it has to refuse was let in' });
  } catch (error) {
    signal.throwIfAborted();
    const message = messageOf(error);
    if (message.includes(`admission webhook "${guardName}" denied the request`)) return known('yes');
    return message.includes(`failed calling webhook "${guardName}"`)
      ? known({ no: message })
      : unknown(message.replace(`${cluster.name}: `, ''));
  }
};
