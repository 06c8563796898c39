import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { createCertificates } from '../../webhook/certificates/create-certificates.ts';
import { startCaches } from '../../webhook/facts/caches.ts';
import { createAccessReview } from '../../webhook/facts/review-access.ts';
import { register } from '../../webhook/registration/register.ts';
import { registrationKeys } from '../../webhook/registration/registration.ts';
import type { WebhookConfiguration } from '../../webhook/registration/webhook-configuration.ts';
import { haveKubectl } from '../e2e/running-sandbox.ts';
import { eventually } from '../kube/embedded-cluster.ts';
import { names } from '../webhook/certificates/running-replica.ts';
import { type ManifestServer, manifest, realServer, startManifestServer } from './applied-manifests.ts';

// manifests/webhook as a person applies it, to a real API server with RBAC: that every object is valid, and that its service account
// may do exactly what the webhook needs.

const directory = manifest('webhook');
const namespace = 'kubectl-dr';

describe.skipIf(realServer === undefined || !haveKubectl)(
  'manifests/webhook, applied to a real kube-apiserver',
  () => {
    let server: ManifestServer;
    let cluster: Cluster;
    let webhook: Cluster;
    const stopping = new AbortController();
    const { signal } = stopping;
    const quiet = () => undefined;
    const common = {
      signal,
      now: Date.now,
      random: Math.random,
      log: { debug: quiet, info: quiet, warn: quiet },
    };

    const kubectl = (...words: string[]) => server.kubectl(...words);

    beforeAll(async () => {
      server = await startManifestServer();
      ({ cluster } = server);
      webhook = server.as(namespace, 'dr-webhook');
    });
    afterAll(async () => {
      stopping.abort();
      await server?.stop();
    });

    test('every object is taken, without a warning, and a second time nothing changes', async () => {
      const apply = async (): Promise<string[]> => {
        expect(await kubectl('apply', '-k', directory)).toMatchObject({ code: 0, stderr: '' });
        const { stdout } = await kubectl('get', '-k', directory, '-o', 'json');
        const { items } = JSON.parse(stdout) as { items: KubernetesObject[] };
        return items.map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.resourceVersion}`);
      };
      const first = await apply();
      expect(first.length).toBeGreaterThan(12);
      expect(await apply()).toEqual(first);
    });

    test('the service account may keep certificates: Secret, Lease and bundles', async () => {
      const certificates = createCertificates({
        source: { kind: 'secret', cluster: webhook, namespace, names, identity: 'replica' },
        ...common,
      });
      await eventually(() => {
        const { certificate, bundle, remarks } = certificates.state();
        expect({ certificate, bundle, remarks }).toEqual({
          certificate: { ok: true },
          bundle: { ok: true },
          remarks: [],
        });
      });
    });

    test('applied again, by kubectl or by register, the registrations keep their bundle', async () => {
      const read = async () => {
        const { resource, name } = registrationKeys.guard;
        const { webhooks } = await cluster.get<WebhookConfiguration>(resource, { name });
        return webhooks;
      };
      const before = await read();
      expect(before![0]!.clientConfig.caBundle).toMatch(/^[\w+/=]{500,}$/);
      expect(await kubectl('apply', '-k', directory)).toMatchObject({ code: 0 });
      const registration = {
        target: { service: { namespace, name: 'dr-webhook' } },
        guardPolicy: 'Fail' as const,
        namespace,
        ownAccounts: [],
      };
      await register(cluster, { ...registration, signal, now: Date.now });
      expect(await read()).toEqual(before);
    });

    test('the service account may read all that the rules look at', async () => {
      // It settles without the kinds of groups where these are missing, so they are asked for by themselves.
      for (const kind of [resources.volumeGroupReplications, resources.volumeGroupReplicationClasses])
        await webhook.list(kind);
      await startCaches({ cluster: webhook, ...common }).synced;
    });

    test('it may ask who may consent, and a person bound to the consent role may', async () => {
      const review = createAccessReview(webhook);
      const ask = (user: string) =>
        review(
          {
            to: 'consent',
            user: { username: user, groups: ['system:authenticated'], extra: {} },
            resource: 'volumereplications',
            namespace: 'default',
            name: 'pvc',
          },
          signal,
        );
      expect(await ask('alice')).toBe(false);
      const bound = [
        'create',
        'clusterrolebinding',
        'alice',
        '--clusterrole=kubectl-dr-consent',
        '--user=alice',
      ];
      expect(await kubectl(...bound)).toMatchObject({ code: 0 });
      await eventually(async () => expect(await ask('alice')).toBe(true));
    });

    test.each(Object.values(registrationKeys))(
      'the service account lists and watches $resource.kind $name by its name, and reads it',
      async ({ resource, name }) => {
        const own = { fieldSelector: `metadata.name=${name}` };
        const { items } = await webhook.list(resource, own);
        expect(items.map(({ metadata }) => metadata.name)).toEqual([name]);
        const seen = await webhook.get(resource, { name });
        expect(seen.metadata.name).toBe(name);
        const bundle = { apiVersion: 'admissionregistration.k8s.io/v1', kind: resource.kind };
        const before = seen.metadata.resourceVersion;
        const patched = await webhook.patch(resource, { name }, bundle, { type: 'merge' });
        expect(patched.metadata.resourceVersion).toBe(before);
        const stopped = new AbortController();
        for await (const event of webhook.watch(resource, { ...own, signal: stopped.signal })) {
          expect(event).toMatchObject({ object: { metadata: { name } } });
          break;
        }
        stopped.abort();
      },
    );

    const who = { namespace, account: 'dr-webhook' };
    const questions: [string, string][] = [
      ['patch validatingwebhookconfigurations/kubectl-dr-guard', 'yes'],
      ['patch validatingwebhookconfigurations/kubectl-dr-advice', 'yes'],
      ['patch mutatingwebhookconfigurations/kubectl-dr-restore', 'yes'],
      ['patch validatingwebhookconfigurations/kubectl-dr-restore', 'no'],
      ['patch mutatingwebhookconfigurations/kubectl-dr-guard', 'no'],
      ['patch validatingwebhookconfigurations', 'no'],
      ['patch mutatingwebhookconfigurations', 'no'],
      ['update validatingwebhookconfigurations/kubectl-dr-guard', 'no'],
      ['delete mutatingwebhookconfigurations/kubectl-dr-restore', 'no'],
      ['patch validatingadmissionpolicies', 'no'],
      ['patch validatingadmissionpolicybindings', 'no'],
      ['patch mutatingadmissionpolicies', 'no'],
      ['get secrets/dr-webhook-certificates -n kubectl-dr', 'yes'],
      ['get secrets/another -n kubectl-dr', 'no'],
      ['get secrets/dr-webhook-certificates -n default', 'no'],
      ['update leases/dr-webhook -n kubectl-dr', 'yes'],
      ['update leases/another -n kubectl-dr', 'no'],
      ['escalate clusterroles', 'no'],
      ['impersonate serviceaccounts', 'no'],
    ];

    test.each(questions)('whether it may %s: %s', async (question, answer) => {
      expect(await server.canI(who, ...question.split(' '))).toBe(answer);
    });

    const forbidden: [string, (as: Cluster) => Promise<unknown>][] = [
      ['read other Secrets', (as) => as.get(resources.secrets, { namespace, name: 'other' })],
      ['list Secrets', (as) => as.list(resources.secrets, { namespace })],
      [
        'delete its Secret',
        (as) => as.delete(resources.secrets, { namespace, name: 'dr-webhook-certificates' }),
      ],
      ['write Secrets elsewhere', (as) => as.create(resources.secrets, object('v1', 'Secret', 'default'))],
      ['take another Lease', (as) => as.get(resources.leases, { namespace, name: 'other' })],
      [
        'create a registration',
        (as) =>
          as.create(
            registrationKeys.guard.resource,
            object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'),
          ),
      ],
      [
        'delete the guard',
        (as) => as.delete(registrationKeys.guard.resource, { name: registrationKeys.guard.name }),
      ],
      [
        'patch the registration of somebody else',
        (as) => as.patch(registrationKeys.guard.resource, { name: 'other' }, {}, { type: 'merge' }),
      ],
      [
        'patch the changing registration of somebody else',
        (as) => as.patch(registrationKeys.restore.resource, { name: 'other' }, {}, { type: 'merge' }),
      ],
      ['list all registrations', (as) => as.list(registrationKeys.guard.resource)],
      [
        'list the registration of somebody else by its name',
        (as) => as.list(registrationKeys.guard.resource, { fieldSelector: 'metadata.name=other' }),
      ],
      [
        'write a VolumeReplication',
        (as) =>
          as.patch(resources.volumeReplications, { namespace: 'default', name: 'x' }, {}, { type: 'merge' }),
      ],
      ['write a PV', (as) => as.patch(resources.persistentVolumes, { name: 'x' }, {}, { type: 'merge' })],
    ];
    const object = (apiVersion: string, kind: string, of?: string): KubernetesObject => ({
      apiVersion,
      kind,
      metadata: { name: 'x', ...(of && { namespace: of }) },
    });

    test.each(forbidden)('the service account may not %s', async (_, act) => {
      await expect(act(webhook)).rejects.toMatchObject({ httpStatus: 403, code: 'Forbidden' });
    });

    test('with certificates of others it needs nothing of certificates-rbac.yaml, and may write nothing then', async () => {
      expect(await kubectl('delete', '-f', manifest('webhook/certificates-rbac.yaml'))).toMatchObject({
        code: 0,
      });
      const question = ['patch', 'validatingwebhookconfigurations/kubectl-dr-guard'];
      await eventually(async () => expect(await server.canI(who, ...question)).toBe('no'));
      expect(await server.canI(who, 'get', 'secrets/dr-webhook-certificates', '-n', namespace)).toBe('no');
      await startCaches({ cluster: webhook, ...common }).synced;
    });
  },
);
