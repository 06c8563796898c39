import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { apiVersionOf, resources } from '../../core/model/resource.ts';
import { ApiError } from '../../kube/api-error.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { webhookNames } from './registration.ts';

/** Whether the API server asks the guard and gets an answer; `why`: one clause, what happened instead. */
export type GuardAnswer = { readonly given: true } | { readonly given: false; readonly why: string };

const kind = resources.volumeReplicationClasses;

/** What the question is about; what the server warns of about it is nobody's business. */
export const askedClassName = 'kubectl-dr-asks-guard';

/** DR107 refuses it whatever else there is: this schedule is none. */
const refusedClass: KubernetesObject = {
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  metadata: { name: askedClassName },
  spec: { provisioner: 'kubectl-dr.dev', parameters: { schedulingInterval: 'never' } },
};

const requestTimeoutMs = 5_000;

/**
 * Asks for a change that is never carried out (`dryRun`) and that the guard has to refuse: a refusal in its name is the only proof
 * that API server, network, certificates and webhook work together. Never rejects but for the signal.
 */
export const askGuard = async (cluster: Cluster, signal: AbortSignal): Promise<GuardAnswer> => {
  try {
    await cluster.create(kind, refusedClass, { dryRun: true, timeoutMs: requestTimeoutMs, signal });
    return { given: false, why: 'a change that it has to refuse was let in' };
  } catch (thrown) {
    signal.throwIfAborted();
    const isRefusal =
      thrown instanceof ApiError &&
      thrown.message.includes(`admission webhook "${webhookNames.guard}" denied the request`);
    return isRefusal ? { given: true } : { given: false, why: messageOf(thrown) };
  }
};
