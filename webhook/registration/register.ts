import { setTimeout as delay } from 'node:timers/promises';
import { DrError, messageOf } from '../../core/model/error.ts';
import { isNotFound } from '../../kube/api-error.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { askGuard, type GuardAnswer } from './ask-guard.ts';
import {
  buildRegistration,
  type RegistrationOptions,
  registrationKeys,
  webhookNames,
} from './registration.ts';
import type { FailurePolicy, WebhookConfiguration } from './webhook-configuration.ts';

/** Owns all fields of the registrations but the CA bundles. */
export const registrationFieldManager = 'dr-webhook-register';

export type RegisterOptions = RegistrationOptions & {
  /** Sent to the API server, which checks it and stores nothing. */
  readonly dryRun?: boolean | undefined;
  /** How long a guard that was not closed before may take to answer; 60 s where left out. */
  readonly waitMs?: number | undefined;
  readonly signal: AbortSignal;
  readonly now: () => number;
};

const defaultWaitMs = 60_000;
const pollMs = 100;

const apply = (
  cluster: Cluster,
  object: WebhookConfiguration,
  { dryRun = false, signal }: RegisterOptions,
): Promise<WebhookConfiguration> => {
  const key = Object.values(registrationKeys).find(({ name }) => name === object.metadata.name);
  const { resource, name } = key ?? registrationKeys.guard;
  return cluster.patch<WebhookConfiguration>(resource, { name }, object, {
    type: 'apply',
    fieldManager: registrationFieldManager,
    force: true,
    dryRun,
    signal,
  });
};

/** What the guard does now while nobody answers; undefined where it is not registered. */
const policyNow = async (cluster: Cluster, signal: AbortSignal): Promise<FailurePolicy | undefined> => {
  const { resource, name } = registrationKeys.guard;
  try {
    const { webhooks = [] } = await cluster.get<WebhookConfiguration>(resource, { name }, { signal });
    return webhooks.find((webhook) => webhook.name === webhookNames.guard)?.failurePolicy;
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
};

const untilAnswered = async (cluster: Cluster, options: RegisterOptions): Promise<GuardAnswer> => {
  const { signal, now, waitMs = defaultWaitMs } = options;
  const until = now() + waitMs;
  for (;;) {
    const answer = await askGuard(cluster, signal);
    if (answer.given || now() >= until) return answer;
    await delay(pollMs, undefined, { signal });
  }
};

const notAnswering = (why: string): DrError =>
  new DrError({
    code: 'GuardNotAnswering',
    message: `the guard is registered with failurePolicy Ignore, because it does not answer yet: ${why}`,
    hint: 'see the log and /readyz?verbose of dr-webhook, then register again; --guard-policy=Ignore leaves it so',
  });

/**
 * Applies the three registrations by server-side apply; again and again changes nothing, and the CA bundles stay. Answers the objects
 * as the API server has them then.
 *
 * A guard with `Fail` that was not closed before is applied with `Ignore` first and closed once the API server gets an answer from it:
 * nothing was guarded until now, so that opens nothing, and an installation that does not come up does not stop the cluster. One that
 * is closed already stays closed all the time. Rejects with `GuardNotAnswering` where it stays with `Ignore`.
 */
export const register = async (
  cluster: Cluster,
  options: RegisterOptions,
): Promise<WebhookConfiguration[]> => {
  const { guardPolicy, dryRun = false, signal } = options;
  const { guard, advice, restore } = buildRegistration(options);
  const others = [await apply(cluster, restore, options), await apply(cluster, advice, options)];
  const isCarefully = guardPolicy === 'Fail' && !dryRun && (await policyNow(cluster, signal)) !== 'Fail';
  if (isCarefully) {
    await apply(cluster, buildRegistration({ ...options, guardPolicy: 'Ignore' }).guard, options);
    const answer = await untilAnswered(cluster, options);
    if (!answer.given) throw notAnswering(answer.why);
  }
  return [await apply(cluster, guard, options), ...others];
};

/** What `unregister` did: the objects that were there, by kind and name. */
export type Unregistered = { readonly removed: readonly string[] };

/**
 * Deletes the registrations, the guard's first: nobody is asked any more, and the webhook itself can go. Deleting what is not there is
 * no error. All are tried; rejects with `UnregisterFailed`, which names what is left.
 */
export const unregister = async (
  cluster: Cluster,
  { signal, dryRun = false }: { signal: AbortSignal; dryRun?: boolean },
): Promise<Unregistered> => {
  const removed: string[] = [];
  const failed: string[] = [];
  for (const { resource, name } of Object.values(registrationKeys)) {
    try {
      await cluster.delete(resource, { name }, { signal, dryRun });
      removed.push(`${resource.kind} ${name}`);
    } catch (thrown) {
      if (!isNotFound(thrown)) failed.push(`${resource.kind} ${name}: ${messageOf(thrown)}`);
    }
  }
  if (failed.length === 0) return { removed };
  throw new DrError({
    code: 'UnregisterFailed',
    message: `not all registrations could be removed: ${failed.join('; ')}`,
    hint: 'do not remove dr-webhook while its guard is registered; try again with an account that may delete webhook configurations',
  });
};
