import type { Registration, WebhookFacts } from '../../core/check/facts.ts';
import { messageOf } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import { isNotFound } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';
import { askGuard, guardName } from './ask-guard.ts';
import { readCertificates } from './read-certificates.ts';

type ClientConfig = {
  url?: string;
  service?: { namespace: string; name: string };
  caBundle?: string;
};

type Configuration = KubernetesObject & {
  webhooks?: readonly { name: string; clientConfig: ClientConfig; failurePolicy?: string }[];
};

/** The two configurations without which a site is not guarded, or restores badly, and the webhook of each that is looked at. */
export const registrations = {
  guard: {
    resource: resources.validatingWebhookConfigurations,
    name: 'kubectl-dr-guard',
    webhook: guardName,
  },
  restore: {
    resource: resources.mutatingWebhookConfigurations,
    name: 'kubectl-dr-restore',
    webhook: 'restore.kubectl-dr.dev',
  },
} as const;

type Key = { readonly resource: Resource; readonly name: string; readonly webhook: string };

const targetOf = ({ url, service }: ClientConfig): Registration['target'] =>
  service === undefined
    ? { by: 'url', text: url ?? '' }
    : { by: 'service', text: `${service.namespace}/${service.name}` };

const registrationOf = (
  { resource, name, webhook }: Key,
  { webhooks }: Configuration,
): Registration | undefined => {
  const found = webhooks?.find((candidate) => candidate.name === webhook);
  return (
    found && {
      kind: resource.kind,
      name,
      target: targetOf(found.clientConfig),
      // As kube-apiserver defaults it.
      failurePolicy: found.failurePolicy ?? 'Fail',
      bundle: readCertificates(found.clientConfig.caBundle),
    }
  );
};

const readRegistration = async (
  { cluster }: Site,
  key: Key,
  signal: AbortSignal,
): Promise<Registration | undefined> => {
  try {
    return registrationOf(
      key,
      await cluster.get<Configuration>(key.resource, { name: key.name }, { signal }),
    );
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};

/** How the webhook is registered on a site, and whether its guard answers, which is asked only where it is registered. */
export const readWebhook = async (site: Site, signal: AbortSignal): Promise<Reading<WebhookFacts>> => {
  try {
    const [guard, restore] = await Promise.all([
      readRegistration(site, registrations.guard, signal),
      readRegistration(site, registrations.restore, signal),
    ]);
    const answer = guard === undefined ? unknown('nobody is registered') : await askGuard(site, signal);
    return known({ guard, restore, answer });
  } catch (error) {
    signal.throwIfAborted();
    const why = messageOf(error).replace(`${site.name}: `, '');
    return unknown(`webhook configurations of ${site.name} cannot be read: ${why}`);
  }
};
