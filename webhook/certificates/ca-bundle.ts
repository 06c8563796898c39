import type { RegistrationKey } from '../registration/registration.ts';
import { webhookNames } from '../registration/registration.ts';
import type { WebhookConfiguration } from '../registration/webhook-configuration.ts';
import { certificatesIn } from './read-certificate.ts';

/** One object of the registration as it was read; those that do not exist are left out. */
export type Registration = { readonly key: RegistrationKey; readonly object: WebhookConfiguration };

/** Writes one bundle into the webhooks of one registration, by server-side apply. */
export type BundlePatch = { readonly key: RegistrationKey; readonly body: WebhookConfiguration };

/** Owns the field `clientConfig.caBundle`, and no other. */
export const bundleFieldManager = 'dr-webhook-certificates';

const ours: readonly string[] = Object.values(webhookNames);

const ownWebhooks = ({ object }: Registration) =>
  (object.webhooks ?? []).filter(({ name }) => ours.includes(name));

const decoded = (caBundle: string | undefined): string =>
  Buffer.from(caBundle ?? '', 'base64').toString('utf8');

/** What each of our webhooks carries, as PEM; an empty text where it carries nothing. */
export const bundlesIn = (registrations: readonly Registration[]): string[] =>
  registrations.flatMap(ownWebhooks).map(({ clientConfig }) => decoded(clientConfig.caBundle));

/** All certificates that some webhook carries, each once. */
export const publishedIn = (registrations: readonly Registration[]): string[] => [
  ...new Set(bundlesIn(registrations).flatMap(certificatesIn)),
];

/**
 * What has to be applied so that each of our webhooks carries the bundle; nothing where each does. The resourceVersion makes the
 * API server refuse (409) what was decided on an older view, and an object that is gone: it is never created from this.
 */
export const bundlePatches = (registrations: readonly Registration[], bundle: string): BundlePatch[] => {
  const caBundle = Buffer.from(bundle).toString('base64');
  return registrations
    .filter((registration) =>
      ownWebhooks(registration).some(({ clientConfig }) => clientConfig.caBundle !== caBundle),
    )
    .map((registration) => {
      const { name, uid, resourceVersion } = registration.object.metadata;
      return {
        key: registration.key,
        body: {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: registration.key.resource.kind,
          metadata: {
            ...(name && { name }),
            ...(uid && { uid }),
            ...(resourceVersion && { resourceVersion }),
          },
          webhooks: ownWebhooks(registration).map((webhook) => ({
            name: webhook.name,
            clientConfig: { caBundle },
          })),
        },
      };
    });
};
