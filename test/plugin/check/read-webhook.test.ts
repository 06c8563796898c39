import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { ApiError } from '../../../kube/api-error.ts';
import { askedClassName, guardName } from '../../../plugin/check/ask-guard.ts';
import { readCertificates } from '../../../plugin/check/read-certificates.ts';
import { readWebhook, registrations } from '../../../plugin/check/read-webhook.ts';
import type { Site } from '../../../plugin/door/clusters.ts';
import { askedClassName as askedByWebhook } from '../../../webhook/registration/ask-guard.ts';
import { registrationKeys, webhookNames } from '../../../webhook/registration/registration.ts';
import { memoryCluster } from '../status/memory-cluster.ts';

/** A site whose API server answers a creation so. */
const siteThat = (answers: () => never | KubernetesObject, configured = true): Site => {
  const configuration = (name: string, webhook: string): KubernetesObject => ({
    metadata: { name },
    webhooks: [{ name: webhook, clientConfig: { service: { namespace: 'kubectl-dr', name: 'dr-webhook' } } }],
  });
  const of = (key: 'guard' | 'restore') =>
    configured ? [configuration(registrations[key].name, registrations[key].webhook)] : [];
  const missing = (): never => {
    throw new ApiError({ httpStatus: 404, message: 'not found', reason: 'NotFound' });
  };
  const cluster = memoryCluster('east', {
    validatingwebhookconfigurations: of('guard'),
    mutatingwebhookconfigurations: of('restore'),
  });
  return {
    name: 'east',
    context: 'east',
    kubectl: 'kubectl --context east',
    cluster: {
      ...cluster,
      get: configured ? cluster.get : missing,
      create: (async () => answers()) as Site['cluster']['create'],
    },
  };
};

const failing = (httpStatus: number, message: string) => (): never => {
  throw new ApiError({ httpStatus, message });
};

const read = (site: Site) => readWebhook(site, new AbortController().signal);

describe('the webhook of a site', () => {
  it('is looked for under the names that dr-webhook registers', () => {
    for (const key of ['guard', 'restore'] as const) {
      expect(registrations[key]).toEqual({ ...registrationKeys[key], webhook: webhookNames[key] });
    }
    expect([guardName, askedClassName]).toEqual([webhookNames.guard, askedByWebhook]);
  });

  it.each([
    {
      what: 'the guard refuses',
      answers: failing(403, `admission webhook "${guardName}" denied the request: DR107: …`),
      answer: { known: true, value: 'yes' },
    },
    {
      what: 'the guard cannot be called',
      answers: failing(500, `failed calling webhook "${guardName}": timeout`),
      answer: { known: true, value: { no: `failed calling webhook "${guardName}": timeout` } },
    },
    {
      what: 'what it has to refuse is let in',
      answers: () => ({ metadata: {} }),
      answer: { known: true, value: { no: 'a change that it has to refuse was let in' } },
    },
    {
      what: 'the user may not ask',
      answers: failing(403, 'forbidden'),
      answer: { known: false, why: 'forbidden' },
    },
    {
      what: 'another webhook refuses first',
      answers: failing(403, 'admission webhook "policy.example.com" denied the request'),
      answer: { known: false, why: 'admission webhook "policy.example.com" denied the request' },
    },
  ])('$what', async ({ answers, answer }) => {
    expect(await read(siteThat(answers))).toMatchObject({
      known: true,
      value: {
        guard: { target: { by: 'service', text: 'kubectl-dr/dr-webhook' }, failurePolicy: 'Fail' },
        answer,
      },
    });
  });

  it('is not asked where it is not registered', async () => {
    const never = (): never => {
      throw new Error('it was asked');
    };
    expect(await read(siteThat(never, false))).toMatchObject({
      known: true,
      value: { guard: undefined, restore: undefined, answer: { known: false } },
    });
  });
});

describe('a CA bundle', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it.each([
    { what: 'is missing', bundle: undefined, reading: { known: true, value: [] } },
    {
      what: 'holds garbage',
      bundle: base64('garbage'),
      reading: { known: false, why: 'it holds no certificate' },
    },
    {
      what: 'holds a broken certificate',
      bundle: base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
      reading: { known: false, why: 'it holds a certificate that cannot be read' },
    },
  ])('$what', ({ bundle, reading }) => {
    expect(readCertificates(bundle)).toEqual(reading);
  });
});
