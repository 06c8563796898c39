import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { resources } from '../../../core/model/resource.ts';
import { register, registrationFieldManager, unregister } from '../../../webhook/registration/register.ts';
import { registrationKeys } from '../../../webhook/registration/registration.ts';
import type { WebhookConfiguration } from '../../../webhook/registration/webhook-configuration.ts';
import { type EmbeddedCluster, installCrds, startEmbeddedCluster } from '../../kube/embedded-cluster.ts';

let embedded: EmbeddedCluster;
const signal = new AbortController().signal;
const { resource, name } = registrationKeys.guard;

beforeAll(async () => {
  embedded = await startEmbeddedCluster();
  await installCrds(embedded.cluster);
});
afterAll(() => embedded.close());
afterEach(() => unregister(embedded.cluster, { signal }));

const options = {
  target: { url: 'https://127.0.0.1:1' },
  guardPolicy: 'Fail' as const,
  namespace: 'kubectl-dr',
  ownAccounts: [],
  waitMs: 0,
  signal,
  now: Date.now,
};
const readGuard = () => embedded.cluster.get<WebhookConfiguration>(resource, { name });
const policyOf = async () => (await readGuard()).webhooks![0]!.failurePolicy;

test('with Ignore nothing is waited for', async () => {
  await register(embedded.cluster, { ...options, guardPolicy: 'Ignore' });
  expect(await policyOf()).toBe('Ignore');
});

test('with Fail a guard that nobody answers for stays open, and the error says why and what to do', async () => {
  await expect(register(embedded.cluster, options)).rejects.toMatchObject({
    code: 'GuardNotAnswering',
    message: expect.stringContaining('does not answer yet: '),
    hint: expect.stringContaining('/readyz?verbose'),
  });
  expect(await policyOf()).toBe('Ignore');
});

test('a guard that is closed stays closed all the time, though nobody answers', async () => {
  await register(embedded.cluster, { ...options, guardPolicy: 'Ignore' });
  const guard = await readGuard();
  guard.webhooks![0]!.failurePolicy = 'Fail';
  const closed = await embedded.cluster.replace(resource, guard);
  const from = { resourceVersion: closed.metadata.resourceVersion!, signal: AbortSignal.timeout(10_000) };
  const [registered] = await register(embedded.cluster, {
    ...options,
    target: { url: 'https://127.0.0.1:2' },
  });
  for await (const event of embedded.cluster.watch<WebhookConfiguration>(resource, from)) {
    if (event.type === 'BOOKMARK' || event.object.metadata.name !== name) continue;
    expect(event.object.webhooks![0]!.failurePolicy).toBe('Fail');
    if (event.object.metadata.resourceVersion === registered!.metadata.resourceVersion) break;
  }
  expect((await readGuard()).webhooks![0]!.clientConfig.url).toBe('https://127.0.0.1:2/validate/guard');
});

test('from a URL to a Service and back, nothing of the other is left', async () => {
  const ignore = { ...options, guardPolicy: 'Ignore' as const };
  const service = { service: { namespace: 'kubectl-dr', name: 'dr-webhook' } };
  await register(embedded.cluster, ignore);
  await register(embedded.cluster, { ...ignore, target: service });
  expect((await readGuard()).webhooks![0]!.clientConfig).toEqual({
    service: { ...service.service, path: '/validate/guard', port: 443 },
  });
  await register(embedded.cluster, ignore);
  expect((await readGuard()).webhooks![0]!.clientConfig).toEqual({
    url: 'https://127.0.0.1:1/validate/guard',
  });
});

test('a dry run stores nothing', async () => {
  const objects = await register(embedded.cluster, { ...options, dryRun: true });
  expect(objects.map(({ metadata }) => metadata.name)).toEqual([
    'kubectl-dr-guard',
    'kubectl-dr-restore',
    'kubectl-dr-advice',
  ]);
  await expect(readGuard()).rejects.toMatchObject({ httpStatus: 404 });
});

test('one field manager owns what is registered', async () => {
  await register(embedded.cluster, { ...options, guardPolicy: 'Ignore' });
  const managers = (await readGuard()).metadata.managedFields!.map(({ manager }) => manager);
  expect(managers).toEqual([registrationFieldManager]);
});

test('unregister tries all, and names what is left where it may not delete', async () => {
  await register(embedded.cluster, { ...options, guardPolicy: 'Ignore' });
  const viewer = embedded.connectAgain({ impersonate: { user: 'viewer', groups: [] } });
  await expect(unregister(viewer, { signal })).rejects.toMatchObject({
    code: 'UnregisterFailed',
    message: expect.stringMatching(/kubectl-dr-guard.*kubectl-dr-advice.*kubectl-dr-restore/),
  });
  expect(await unregister(embedded.cluster, { signal, dryRun: true })).toMatchObject({
    removed: expect.arrayContaining(['MutatingWebhookConfiguration kubectl-dr-restore']),
  });
  await readGuard();
});

test('without the CRDs the guard cannot be asked, and stays open', async () => {
  const bare = await startEmbeddedCluster();
  try {
    await expect(register(bare.cluster, options)).rejects.toMatchObject({ code: 'GuardNotAnswering' });
    const { items } = await bare.cluster.list(resources.mutatingWebhookConfigurations);
    expect(items).toHaveLength(1);
  } finally {
    await bare.close();
  }
});
