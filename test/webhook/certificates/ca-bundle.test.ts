import { describe, expect, test } from 'vitest';
import {
  bundlePatches,
  bundlesIn,
  publishedIn,
  type Registration,
} from '../../../webhook/certificates/ca-bundle.ts';
import { buildRegistration, registrationKeys } from '../../../webhook/registration/registration.ts';
import type { WebhookConfiguration } from '../../../webhook/registration/webhook-configuration.ts';

const { guard } = buildRegistration({
  target: { url: 'https://127.0.0.1:9443' },
  guardPolicy: 'Fail',
  namespace: 'kubectl-dr',
  ownAccounts: [],
});
const encoded = (text: string): string => Buffer.from(text).toString('base64');

/** The guard as it is stored, with what each of its webhooks carries. */
const registered = (...bundles: (string | undefined)[]): Registration => {
  const object: WebhookConfiguration = structuredClone(guard);
  object.metadata = { ...object.metadata, uid: 'u', resourceVersion: '7' };
  object.webhooks!.forEach(({ clientConfig }, index) => {
    const bundle = bundles[index];
    if (bundle !== undefined) clientConfig.caBundle = encoded(bundle);
  });
  return { key: registrationKeys.guard, object };
};

describe('CA bundles of registrations', () => {
  test('nothing is to be done where each webhook carries the bundle', () => {
    expect(bundlePatches([registered('A', 'A')], 'A')).toEqual([]);
  });

  test.each([
    ['a missing one', [undefined, 'A']],
    ['a wiped one', ['', 'A']],
    ['another one', ['A', 'B']],
  ] as const)(
    '%s is put right in all webhooks of the object, by name and on this version alone',
    (_, bundles) => {
      const [patch, ...others] = bundlePatches([registered(...bundles)], 'A');
      expect(others).toEqual([]);
      expect(patch!.body).toEqual({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'kubectl-dr-guard', uid: 'u', resourceVersion: '7' },
        webhooks: [
          { name: 'guard.kubectl-dr.dev', clientConfig: { caBundle: encoded('A') } },
          { name: 'guard-unmarked.kubectl-dr.dev', clientConfig: { caBundle: encoded('A') } },
        ],
      });
    },
  );

  test('webhooks that somebody else put into the object are none of ours', () => {
    const registration = registered('A', 'A');
    registration.object.webhooks!.push({
      name: 'other.example.com',
      clientConfig: { caBundle: encoded('X') },
    });
    expect(bundlePatches([registration], 'A')).toEqual([]);
    expect(bundlesIn([registration])).toEqual(['A', 'A']);
  });

  test('what is published is only what can be read as certificates', () => {
    expect(publishedIn([registered('garbage', undefined)])).toEqual([]);
  });
});
