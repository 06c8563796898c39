import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';

/** `admissionregistration.k8s.io/v1` WebhookClientConfig. */
export type ClientConfig = {
  url?: string;
  service?: { namespace: string; name: string; path?: string; port?: number };
  /** PEM in base64. */
  caBundle?: string;
};

export type MatchCondition = { name: string; expression: string };

export type RuleWithOperations = {
  apiGroups: string[];
  apiVersions: string[];
  operations: ('CREATE' | 'UPDATE' | 'DELETE')[];
  resources: string[];
  scope: 'Cluster' | 'Namespaced' | '*';
};

export type FailurePolicy = 'Fail' | 'Ignore';

/** One webhook of a configuration: ValidatingWebhook, or MutatingWebhook with its `reinvocationPolicy`. */
export type RegisteredWebhook = {
  name: string;
  clientConfig: ClientConfig;
  rules?: RuleWithOperations[];
  failurePolicy?: FailurePolicy;
  matchPolicy?: 'Exact' | 'Equivalent';
  namespaceSelector?: { matchExpressions?: { key: string; operator: string; values?: string[] }[] };
  sideEffects?: 'None' | 'NoneOnDryRun';
  timeoutSeconds?: number;
  admissionReviewVersions?: string[];
  matchConditions?: MatchCondition[];
  reinvocationPolicy?: 'Never' | 'IfNeeded';
};

/** ValidatingWebhookConfiguration or MutatingWebhookConfiguration. */
export type WebhookConfiguration = KubernetesObject & { webhooks?: RegisteredWebhook[] };
