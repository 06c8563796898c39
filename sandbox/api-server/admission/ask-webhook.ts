import { randomUUID } from 'node:crypto';
import type { StatusBody } from '../../../core/model/kubernetes-object.ts';
import { Failure, failures } from '../http/failure.ts';
import type { AdmissionAttributes } from '../objects/admission-control.ts';
import { goQuote } from '../schema/finding.ts';
import {
  type AdmissionRequest,
  type AdmissionResponse,
  admissionRequest,
  BadReview,
  decodeReview,
  responseOf,
  reviewOf,
} from './admission-review.ts';
import { timeoutOf, type Webhook } from './webhook.ts';
import { CallFailed, type WebhookClient } from './webhook-client.ts';

/** A call that brought no usable answer. */
export class WebhookUnusable extends Error {}

/** Names the webhook and what went wrong with it. */
export const unusable = (webhook: Webhook, reason: string) =>
  new WebhookUnusable(`failed calling webhook ${goQuote(webhook.name)}: ${reason}`);

/** What the client gets to see of a denial (apiserver, `ToStatusErr`). */
const denial = ({ name }: Webhook, status: StatusBody | undefined): Failure => {
  const said = status?.message || status?.reason;
  const denied = `admission webhook ${goQuote(name)} denied the request`;
  const code = status?.code ?? 0;
  return new Failure({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: said ? `${denied}: ${said}` : `${denied} without explanation`,
    ...(status?.reason ? { reason: status.reason } : {}),
    ...(status?.details === undefined ? {} : { details: status.details }),
    code: Math.max(code, 400),
  });
};

const refuseSideEffects = (webhook: Webhook): void => {
  if (webhook.sideEffects === 'None' || webhook.sideEffects === 'NoneOnDryRun') return;
  throw failures.badRequest(`admission webhook ${goQuote(webhook.name)} does not support dry run`);
};

const answerTo = async (
  webhook: Webhook,
  request: AdmissionRequest,
  client: WebhookClient,
): Promise<string> => {
  try {
    return await client.post(webhook.clientConfig, JSON.stringify(reviewOf(request)), timeoutOf(webhook));
  } catch (thrown) {
    if (thrown instanceof CallFailed) throw unusable(webhook, `failed to call webhook: ${thrown.message}`);
    throw thrown;
  }
};

/** Runs a step of reading an answer; what is wrong with the answer is told after `what`. */
const reading = <T>(webhook: Webhook, what: string, read: () => T): T => {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof BadReview) throw unusable(webhook, `${what}: ${thrown.message}`);
    throw thrown;
  }
};

/** Sends the review, passes the warnings on, and throws the `Failure` of a denial or a `WebhookUnusable`. */
export const askWebhook = async (
  webhook: Webhook,
  attributes: AdmissionAttributes,
  mutating: boolean,
  client: WebhookClient,
): Promise<AdmissionResponse> => {
  if (attributes.dryRun) refuseSideEffects(webhook);
  const request = admissionRequest(attributes, randomUUID());
  const text = await answerTo(webhook, request, client);
  const review = reading(webhook, 'failed to call webhook', () => decodeReview(text));
  const response = reading(webhook, 'received invalid webhook response', () =>
    responseOf(review, request.uid, mutating),
  );
  for (const warning of response.warnings) attributes.warn(warning);
  if (!response.allowed) throw denial(webhook, response.status);
  return response;
};
