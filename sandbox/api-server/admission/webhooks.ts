import type { Environment } from '@marcbachmann/cel-js';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { failures } from '../http/failure.ts';
import type { AdmissionAttributes, AdmissionControl } from '../objects/admission-control.ts';
import { goQuote } from '../schema/finding.ts';
import { sameJson } from '../schema/json-value.ts';
import { admissionRequest } from './admission-review.ts';
import { askWebhook, unusable, WebhookUnusable } from './ask-webhook.ts';
import { isWanted, type NamespaceLabels } from './match.ts';
import { type ConditionCheck, compileConditions, createConditionEnvironment } from './match-conditions.ts';
import { PatchProblem, patchDocument } from './patch-object.ts';
import { failsOpen, type Webhook, type WebhookConfiguration, webhooksInOrder } from './webhook.ts';
import { createWebhookClient, type ServiceResolver, type WebhookClient } from './webhook-client.ts';

/** What the admission of webhooks needs to know of its server. */
export type WebhookAdmissionOptions = {
  /** The configurations there are now. The same object is taken for the same configuration. */
  configurations: (kind: 'mutating' | 'validating') => readonly WebhookConfiguration[];
  namespaceLabels: NamespaceLabels;
  /** Finds the address of a service that a configuration names; without it only URLs can be called. */
  resolveService?: ServiceResolver;
  /** Told of calls that failed and were passed over, under `failurePolicy: Ignore`. */
  onIgnoredFailure?: (webhook: string, message: string) => void;
};

/** Reviews by webhooks. `close` lets go of the connections to them. */
export type WebhookAdmission = AdmissionControl & { close: () => void };

type Context = {
  options: WebhookAdmissionOptions;
  client: WebhookClient;
  conditionsOf: (webhook: Webhook) => ConditionCheck;
};

/** Passes over a call that failed where the webhook wants that; the outcome is then `otherwise`. */
const passingOver = async <T>(
  webhook: Webhook,
  { options }: Context,
  otherwise: T,
  call: () => Promise<T>,
): Promise<T> => {
  try {
    return await call();
  } catch (thrown) {
    if (!(thrown instanceof WebhookUnusable)) throw thrown;
    if (!failsOpen(webhook)) throw failures.internal(thrown.message);
    options.onIgnoredFailure?.(webhook.name, thrown.message);
    return otherwise;
  }
};

const isToBeAsked = (webhook: Webhook, attributes: AdmissionAttributes, context: Context): boolean => {
  if (!isWanted(webhook, attributes, context.options.namespaceLabels)) return false;
  const verdict = context.conditionsOf(webhook)(admissionRequest(attributes, ''));
  if ('problem' in verdict)
    throw failures.forbidden(attributes.kind.resource, attributes.name, verdict.problem);
  return verdict.matches;
};

const patched = (
  webhook: Webhook,
  object: KubernetesObject | undefined,
  patch: unknown,
): KubernetesObject | undefined => {
  if (patch === undefined) return object;
  if (!Array.isArray(patch)) throw unusable(webhook, 'received undecodable patch in webhook response');
  if (patch.length === 0) return object;
  if (object === undefined)
    throw failures.internal(
      `admission webhook ${goQuote(webhook.name)} attempted to modify the object, which is not supported for this operation`,
    );
  try {
    return patchDocument(object, patch);
  } catch (thrown) {
    if (thrown instanceof PatchProblem) throw failures.internal(thrown.message);
    throw thrown;
  }
};

/** Which webhooks see the object a second time: those who ask for it, asked before somebody else changed it. */
type Reinvocation = { asked: Set<Webhook>; again: Set<Webhook> };

const noteChange = ({ asked, again }: Reinvocation): void => {
  for (const webhook of asked) again.add(webhook);
  asked.clear();
};

const mutateOnce = async (
  webhooks: readonly Webhook[],
  attributes: AdmissionAttributes,
  reinvocation: Reinvocation,
  context: Context,
): Promise<KubernetesObject | undefined> => {
  let { object } = attributes;
  for (const webhook of webhooks) {
    const seen = { ...attributes, object };
    if (!isToBeAsked(webhook, seen, context)) continue;
    const next = await passingOver(webhook, context, object, async () => {
      const { patch } = await askWebhook(webhook, seen, true, context.client);
      return patched(webhook, seen.object, patch);
    });
    if (next !== object && !sameJson(next, object)) noteChange(reinvocation);
    object = next;
    if (webhook.reinvocationPolicy === 'IfNeeded') reinvocation.asked.add(webhook);
  }
  return object;
};

const mutate = async (
  attributes: AdmissionAttributes,
  context: Context,
): Promise<KubernetesObject | undefined> => {
  const webhooks = webhooksInOrder(context.options.configurations('mutating'));
  if (webhooks.length === 0) return attributes.object;
  const reinvocation: Reinvocation = { asked: new Set(), again: new Set() };
  const object = await mutateOnce(webhooks, attributes, reinvocation, context);
  const again = webhooks.filter((webhook) => reinvocation.again.has(webhook));
  return again.length === 0 ? object : mutateOnce(again, { ...attributes, object }, reinvocation, context);
};

const validate = async (attributes: AdmissionAttributes, context: Context): Promise<void> => {
  const webhooks = webhooksInOrder(context.options.configurations('validating')).filter((webhook) =>
    isToBeAsked(webhook, attributes, context),
  );
  const refusals: unknown[] = [];
  const review = async (webhook: Webhook): Promise<void> => {
    try {
      await passingOver(webhook, context, undefined, async () => {
        await askWebhook(webhook, attributes, false, context.client);
      });
    } catch (thrown) {
      refusals.push(thrown);
    }
  };
  await Promise.all(webhooks.map(review));
  if (refusals.length > 0) throw refusals[0];
};

const createConditionCache = (): Context['conditionsOf'] => {
  const compiled = new WeakMap<Webhook, ConditionCheck>();
  let environment: Environment | undefined;
  const shared = () => {
    environment ??= createConditionEnvironment();
    return environment;
  };
  return (webhook) => {
    const known = compiled.get(webhook) ?? compileConditions(webhook, shared);
    compiled.set(webhook, known);
    return known;
  };
};

/**
 * Calls the mutating webhooks one after the other and the validating ones side by side, over TLS, the way a kube-apiserver
 * does; refusals and failures carry its texts.
 */
export const createWebhookAdmission = (options: WebhookAdmissionOptions): WebhookAdmission => {
  const client = createWebhookClient(options.resolveService ?? (() => undefined));
  const context: Context = { options, client, conditionsOf: createConditionCache() };
  return {
    mutate: (attributes) => mutate(attributes, context),
    validate: (attributes) => validate(attributes, context),
    close: () => client.close(),
  };
};
