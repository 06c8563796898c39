import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { connect } from '../../kube/connect.ts';
import { createCertificates } from '../../webhook/certificates/create-certificates.ts';
import { startCaches } from '../../webhook/facts/caches.ts';
import { createAccessReview } from '../../webhook/facts/review-access.ts';
import { register } from '../../webhook/registration/register.ts';
import { registrationKeys } from '../../webhook/registration/registration.ts';
import type { WebhookConfiguration } from '../../webhook/registration/webhook-configuration.ts';
import { haveKubectl, runCommand } from '../e2e/running-sandbox.ts';
import { eventually, kubeconfigFor } from '../kube/embedded-cluster.ts';
import { names } from '../webhook/certificates/running-replica.ts';
import { installCrds } from './kube-apiserver/crds.ts';
import { createHttpsClient } from './kube-apiserver/https-client.ts';
import { findRealServer, startRealServer } from './kube-apiserver/real-server.ts';
import type { Target } from './kube-apiserver/target.ts';

// manifests/webhook as a person applies it, to a real API server with RBAC: that every object is valid, and that its service account
// may do exactly what the webhook needs.

const realServer = findRealServer(process.env);
const directory = fileURLToPath(new URL('../../manifests/webhook', import.meta.url));
const namespace = 'kubectl-dr';

describe.skipIf(realServer === undefined || !haveKubectl)(
  'manifests/webhook, applied to a real kube-apiserver',
  () => {
    let target: Target;
    let cluster: Cluster;
    let webhook: Cluster;
    let home: string;
    const stopping = new AbortController();
    const { signal } = stopping;
    const quiet = () => undefined;
    const common = {
      signal,
      now: Date.now,
      random: Math.random,
      log: { debug: quiet, info: quiet, warn: quiet },
    };

    const kubectl = (...words: string[]) =>
      runCommand('kubectl', ['--kubeconfig', join(home, 'config'), ...words], {
        env: { ...process.env, HOME: home },
      });

    beforeAll(async () => {
      target = await startRealServer(realServer ?? '');
      const { url, ca, cert, key } = target.access;
      const client = createHttpsClient(target.access);
      await installCrds(client);
      client.close();
      const kubeconfig = kubeconfigFor(url, { ca, clientCert: cert, clientKey: key });
      cluster = connect({ kubeconfig });
      const user = `system:serviceaccount:${namespace}:dr-webhook`;
      const groups = [
        'system:serviceaccounts',
        `system:serviceaccounts:${namespace}`,
        'system:authenticated',
      ];
      webhook = connect({ kubeconfig, impersonate: { user, groups } });
      home = mkdtempSync(join(tmpdir(), 'drw-'));
      const base64 = (text: string) => Buffer.from(text).toString('base64');
      const file = {
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'site',
        contexts: [{ name: 'site', context: { cluster: 'c', user: 'u' } }],
        clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority-data': base64(ca) } }],
        users: [
          { name: 'u', user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } },
        ],
      };
      writeFileSync(join(home, 'config'), stringify(file), { mode: 0o600 });
    });
    afterAll(async () => {
      stopping.abort();
      for (const connection of [cluster, webhook]) connection.close();
      await target.stop();
      rmSync(home, { recursive: true, force: true });
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
  },
);
