import { DrError, messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { apiVersionOf, resources } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Requester } from '../admission-request.ts';

/** Whether a user may consent to something about one replication, or write its status as a controller does. */
export type AccessQuestion = {
  readonly to: 'consent' | 'write-status';
  readonly user: Requester;
  readonly resource: 'volumereplications' | 'volumegroupreplications';
  readonly namespace: string;
  /** Empty where the server has not named it yet. */
  readonly name: string;
};

/** Asks whoever knows. Rejects where nobody answers. */
export type ReviewAccess = (question: AccessQuestion, signal: AbortSignal) => Promise<boolean>;

type AccessReview = KubernetesObject & {
  spec: unknown;
  status?: { allowed?: boolean; evaluationError?: string };
};

const timeoutMs = 2_000;

const attributes = {
  consent: { verb: 'consent' },
  'write-status': { verb: 'update', subresource: 'status' },
} as const satisfies Readonly<Record<AccessQuestion['to'], object>>;

const reviewOf = ({ to, user, resource, namespace, name }: AccessQuestion): AccessReview => ({
  apiVersion: apiVersionOf(resources.subjectAccessReviews),
  kind: resources.subjectAccessReviews.kind,
  metadata: {},
  spec: {
    user: user.username,
    groups: user.groups,
    extra: user.extra,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    resourceAttributes: {
      group: resources.volumeReplications.group,
      version: resources.volumeReplications.version,
      resource,
      namespace,
      name,
      ...attributes[to],
    },
  },
});

/** Asks the API server by a SubjectAccessReview, with everything it told of the user. */
export const createAccessReview =
  (cluster: Cluster): ReviewAccess =>
  async (question, signal) => {
    const review = await cluster.create(resources.subjectAccessReviews, reviewOf(question), {
      signal,
      timeoutMs,
    });
    const { allowed, evaluationError } = review.status ?? {};
    if (allowed !== true && evaluationError) {
      throw new DrError({
        code: 'AccessUnknown',
        message: `the review of access failed: ${messageOf(evaluationError)}`,
      });
    }
    return allowed === true;
  };
