import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { LabelSelector } from './selectors.ts';

/** Operations, groups, versions and resources that a webhook wants to see. */
export type WebhookRule = {
  operations?: readonly string[];
  apiGroups?: readonly string[];
  apiVersions?: readonly string[];
  resources?: readonly string[];
  scope?: string;
};

/** Where a webhook listens. `caBundle` is base64 of PEM. */
export type WebhookClientConfig = {
  url?: string;
  service?: { namespace: string; name: string; path?: string; port?: number };
  caBundle?: string;
};

/** One webhook of a configuration, as its object holds it. */
export type Webhook = {
  name: string;
  clientConfig: WebhookClientConfig;
  rules?: readonly WebhookRule[];
  failurePolicy?: string;
  matchPolicy?: string;
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  matchConditions?: readonly { name: string; expression: string }[];
  sideEffects?: string;
  timeoutSeconds?: number;
  reinvocationPolicy?: string;
  admissionReviewVersions?: readonly string[];
};

/** `MutatingWebhookConfiguration` and `ValidatingWebhookConfiguration`. */
export type WebhookConfiguration = KubernetesObject & { webhooks?: readonly Webhook[] };

const nameOf = ({ metadata }: WebhookConfiguration): string => metadata.name ?? '';

/** All webhooks in the order in which they are asked: by the names of their configurations. */
export const webhooksInOrder = (configurations: readonly WebhookConfiguration[]): Webhook[] =>
  [...configurations]
    .sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
    .flatMap(({ webhooks }) => webhooks ?? []);

/** Whether a failing call lets the request pass. */
export const failsOpen = ({ failurePolicy }: Webhook): boolean => failurePolicy === 'Ignore';

/** Seconds that a webhook has to answer. */
export const timeoutOf = ({ timeoutSeconds = 10 }: Webhook): number => timeoutSeconds;
