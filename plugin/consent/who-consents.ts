import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import type { Site } from '../door/clusters.ts';

type SelfSubjectReview = KubernetesObject & { status?: { userInfo?: { username?: string } } };

/** The user that the API server takes the caller for; what is known of the kubeconfig where the server is too old to say. */
export const whoConsents = async ({ cluster, context }: Site, signal: AbortSignal): Promise<string> => {
  try {
    const review = await cluster.create<SelfSubjectReview>(
      resources.selfSubjectReviews,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} },
      { signal },
    );
    return review.status?.userInfo?.username || `the user of context ${context}`;
  } catch {
    return `the user of context ${context}`;
  }
};
