import { apiVersionOf, type Resource, resources } from '../../core/model/resource.ts';
import {
  changedReclaimPolicy,
  changedReplication,
  notDeletedBefore,
  notNamespaceController,
  notNodes,
  notOwnAccounts,
  notSparedNamespaces,
  notUnmarkedDelete,
  ownDefinitions,
  touchesDemotion,
  unmarked,
  usesConsent,
  wasBoundBefore,
} from './match-conditions.ts';
import { reviewRules } from './review-rules.ts';
import type {
  ClientConfig,
  FailurePolicy,
  MatchCondition,
  RegisteredWebhook,
  RuleWithOperations,
  WebhookConfiguration,
} from './webhook-configuration.ts';

/** Where API servers send reviews: a Service in the cluster, or `https://host[:port]` for development. */
export type ReviewTarget =
  | { readonly service: { readonly namespace: string; readonly name: string; readonly port?: number } }
  | { readonly url: string };

export type RegistrationOptions = {
  readonly target: ReviewTarget;
  /** What becomes of a dangerous change while nobody answers. */
  readonly guardPolicy: FailurePolicy;
  /** The webhook's own namespace, whose end and whose claims are never judged. */
  readonly namespace: string;
  /** User names that are never judged; none is where none is given. */
  readonly ownAccounts: readonly string[];
};

/** One object of the registration, and where it is. */
export type RegistrationKey = { readonly resource: Resource; readonly name: string };

/** The three objects; the guard's first. */
export const registrationKeys = {
  guard: { resource: resources.validatingWebhookConfigurations, name: 'kubectl-dr-guard' },
  advice: { resource: resources.validatingWebhookConfigurations, name: 'kubectl-dr-advice' },
  restore: { resource: resources.mutatingWebhookConfigurations, name: 'kubectl-dr-restore' },
} as const satisfies Record<string, RegistrationKey>;

/** Paths of the server that the webhooks name. */
export const reviewPaths = {
  guard: '/validate/guard',
  advice: '/validate/advice',
  restore: '/mutate/restore',
} as const;

/** `kubectl-dr.dev` names of the webhooks; each part of a configuration is injected and found by its name. */
export const webhookNames = {
  guard: 'guard.kubectl-dr.dev',
  guardUnmarked: 'guard-unmarked.kubectl-dr.dev',
  advice: 'advice.kubectl-dr.dev',
  restore: 'restore.kubectl-dr.dev',
  demotion: 'demotion.kubectl-dr.dev',
  consent: 'consent.kubectl-dr.dev',
} as const;

const guardTimeoutSeconds = 3;
const otherTimeoutSeconds = 2;

const clientConfigOf = (target: ReviewTarget, path: string): ClientConfig =>
  'url' in target
    ? { url: `${target.url.replace(/\/+$/, '')}${path}` }
    : {
        service: {
          namespace: target.service.namespace,
          name: target.service.name,
          path,
          port: target.service.port ?? 443,
        },
      };

/** Namespaces whose objects the cluster and the webhook itself need to come up. */
const spared = (namespace: string): string[] => [...new Set(['kube-system', 'kube-node-lease', namespace])];

type Draft = {
  name: string;
  path: string;
  rules: RuleWithOperations[];
  failurePolicy: FailurePolicy;
  timeoutSeconds: number;
  conditions: readonly MatchCondition[];
};

const webhook = (options: RegistrationOptions, draft: Draft): RegisteredWebhook => ({
  name: draft.name,
  clientConfig: clientConfigOf(options.target, draft.path),
  rules: draft.rules,
  failurePolicy: draft.failurePolicy,
  matchPolicy: 'Equivalent',
  sideEffects: 'None',
  timeoutSeconds: draft.timeoutSeconds,
  admissionReviewVersions: ['v1'],
  matchConditions: [
    ...notOwnAccounts(options.ownAccounts),
    notNodes,
    notSparedNamespaces(spared(options.namespace)),
    ...draft.conditions,
  ],
});

const configuration = (
  { resource, name }: RegistrationKey,
  webhooks: RegisteredWebhook[],
): WebhookConfiguration => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  metadata: {
    name,
    labels: { 'app.kubernetes.io/name': 'dr-webhook', 'app.kubernetes.io/part-of': 'kubectl-dr' },
  },
  webhooks,
});

const buildGuard = (options: RegistrationOptions): WebhookConfiguration => {
  const path = reviewPaths.guard;
  const timeoutSeconds = guardTimeoutSeconds;
  return configuration(registrationKeys.guard, [
    webhook(options, {
      name: webhookNames.guard,
      path,
      timeoutSeconds,
      rules: reviewRules.guard,
      failurePolicy: options.guardPolicy,
      conditions: [
        notNamespaceController,
        changedReplication,
        changedReclaimPolicy,
        notDeletedBefore,
        notUnmarkedDelete,
        ownDefinitions,
      ],
    }),
    // A webhook that is down must not keep the whole cluster from making and deleting volumes that have nothing to do with it.
    webhook(options, {
      name: webhookNames.guardUnmarked,
      path,
      timeoutSeconds,
      rules: reviewRules.guardUnmarked,
      failurePolicy: 'Ignore',
      conditions: [notNamespaceController, notDeletedBefore, unmarked],
    }),
  ]);
};

const buildAdvice = (options: RegistrationOptions): WebhookConfiguration =>
  configuration(registrationKeys.advice, [
    webhook(options, {
      name: webhookNames.advice,
      path: reviewPaths.advice,
      timeoutSeconds: otherTimeoutSeconds,
      rules: reviewRules.advice,
      failurePolicy: 'Ignore',
      conditions: [changedReplication],
    }),
  ]);

type Mender = Pick<Draft, 'name' | 'rules'> & { readonly condition: MatchCondition };

const mender = (options: RegistrationOptions, { name, rules, condition }: Mender): RegisteredWebhook => ({
  ...webhook(options, {
    name,
    path: reviewPaths.restore,
    timeoutSeconds: otherTimeoutSeconds,
    rules,
    // An object that nobody mended is no worse than without us: of a demotion without a mark nobody knows, and DR113 refuses then; a
    // consent whose use nobody wrote down is not honoured.
    failurePolicy: 'Ignore',
    conditions: [condition],
  }),
  // Other webhooks may put a claimRef there after us, or take annotations off; a second pass over a mended object patches nothing.
  reinvocationPolicy: 'IfNeeded',
});

const buildRestore = (options: RegistrationOptions): WebhookConfiguration =>
  configuration(registrationKeys.restore, [
    mender(options, { name: webhookNames.restore, rules: reviewRules.restore, condition: wasBoundBefore }),
    mender(options, {
      name: webhookNames.demotion,
      rules: reviewRules.demotion,
      condition: touchesDemotion,
    }),
    mender(options, { name: webhookNames.consent, rules: reviewRules.consent, condition: usesConsent }),
  ]);

/** The three configurations as they are applied, without the CA bundle, which the leader of the webhook's replicas injects. */
export const buildRegistration = (options: RegistrationOptions) => ({
  guard: buildGuard(options),
  advice: buildAdvice(options),
  restore: buildRestore(options),
});
