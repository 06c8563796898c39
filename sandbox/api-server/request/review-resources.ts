import { selfSubjectReview, tokenReview } from '../authentication/reviews.ts';
import type { TokenSigner } from '../authentication/web-token.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import {
  localSubjectAccessReview,
  type Review,
  selfSubjectAccessReview,
  selfSubjectRulesReview,
  subjectAccessReview,
} from '../authorization/reviews.ts';
import type { ServedResource } from '../discovery/served-resource.ts';
import type { Store } from '../store/store.ts';

/** A resource that answers a question and stores nothing. */
export type ReviewResource = ServedResource & { review: Review };

const reviewResource = (group: string, kind: string, review: Review, namespaced = false): ReviewResource => ({
  group,
  version: 'v1',
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  kind,
  namespaced,
  verbs: ['create'],
  shortNames: [],
  categories: [],
  stored: false,
  subresources: [],
  review,
});

const authorization = 'authorization.k8s.io';
const authentication = 'authentication.k8s.io';

/** All reviews of this server. */
export const reviewResources = (parts: {
  authorizer: Authorizer;
  store: Store;
  signer: TokenSigner;
  now: () => number;
}): ReviewResource[] => [
  reviewResource(authorization, 'LocalSubjectAccessReview', localSubjectAccessReview(parts.authorizer), true),
  reviewResource(authorization, 'SelfSubjectAccessReview', selfSubjectAccessReview(parts.authorizer)),
  reviewResource(authorization, 'SelfSubjectRulesReview', selfSubjectRulesReview(parts.authorizer)),
  reviewResource(authorization, 'SubjectAccessReview', subjectAccessReview(parts.authorizer)),
  reviewResource(authentication, 'SelfSubjectReview', selfSubjectReview(parts.now)),
  reviewResource(authentication, 'TokenReview', tokenReview(parts)),
];
