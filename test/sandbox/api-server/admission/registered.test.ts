import { afterAll, beforeAll, expect, test } from 'vitest';
import { configMap, configMaps, type RunningServer, runServer } from '../running-server.ts';
import { startWebhook, type WebhookServer } from './webhook-server.ts';

let running: RunningServer;
let webhook: WebhookServer;

beforeAll(async () => {
  [running, webhook] = await Promise.all([runServer(), startWebhook()]);
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'judge' },
    webhooks: [
      {
        name: 'judge.kubectl-dr.dev',
        clientConfig: { url: webhook.url, caBundle: webhook.caBundle },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  expect((await running.send('POST', path, { body })).status).toBe(201);
});
afterAll(async () => {
  await Promise.all([running.close(), webhook.close()]);
});

test('a refusal carries the warnings of the webhooks, as an answer that is granted does', async () => {
  webhook.behave(() => ({ allowed: false, warnings: ['DR302: no class there'], status: { message: 'no' } }));
  const refused = await running.send('POST', configMaps, { body: configMap('refused') });
  expect(refused.status).toBe(400);
  expect(refused.headers['warning']).toBe('299 - "DR302: no class there"');
  webhook.behave(() => ({ allowed: true, warnings: ['DR302: no class there'] }));
  const granted = await running.send('POST', configMaps, { body: configMap('granted') });
  expect(granted.status).toBe(201);
  expect(granted.headers['warning']).toBe('299 - "DR302: no class there"');
});
