import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../core/model/resource.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { connect } from '../../kube/connect.ts';
import { bundlePatches } from '../../webhook/certificates/ca-bundle.ts';
import {
  readStored,
  wasChangedMeanwhile,
  writeBundle,
} from '../../webhook/certificates/stored-certificates.ts';
import { register, unregister } from '../../webhook/registration/register.ts';
import { registrationKeys } from '../../webhook/registration/registration.ts';
import type { WebhookConfiguration } from '../../webhook/registration/webhook-configuration.ts';
import { eventually, kubeconfigFor } from '../kube/embedded-cluster.ts';
import { documentedCommands, patchIn } from '../webhook/registration/documented-commands.ts';
import {
  type RecordingReviewer,
  startRecordingReviewer,
} from '../webhook/registration/recording-reviewer.ts';
import {
  type As,
  mark,
  merge,
  ns,
  pv,
  pvc,
  pvcs,
  pvs,
  space,
  steps,
  uid,
  vr,
  vrs,
  whileDead,
} from '../webhook/registration/requests.ts';
import { type KeyPair, makeAuthority, makeServerCertificate } from './kube-apiserver/certificates.ts';
import { installCrds } from './kube-apiserver/crds.ts';
import { startEmbeddedServer } from './kube-apiserver/embedded-server.ts';
import { createHttpsClient } from './kube-apiserver/https-client.ts';
import { findRealServer, startRealServer } from './kube-apiserver/real-server.ts';
import type { Target } from './kube-apiserver/target.ts';

// Which requests reach the webhook, by the registrations as we build them: rules, selectors and matchConditions, decided by an API
// server. The webhook behind is one that only writes down who came.

const realServer = findRealServer(process.env);
const targets = [
  { name: 'the embedded server', start: startEmbeddedServer, skip: false },
  {
    name: 'a real kube-apiserver',
    start: () => startRealServer(realServer ?? ''),
    skip: realServer === undefined,
  },
];

/**
 * A real server takes what it changes from its watch cache first, and asks the webhook about that even where it is not the last version:
 * waits until the cache has what is stored.
 */
const catchUp = async (cluster: Cluster): Promise<void> => {
  for (const resource of [vrs, pvs, pvcs, resources.namespaces]) {
    const { resourceVersion } = await cluster.list(resource, { limit: 1 });
    await cluster.list(resource, { resourceVersion });
  }
};

/**
 * A real server begins a change anew, admission and all, where it had started from a version that was no longer the last one. That
 * no delete goes to two guards is tested where no server is between.
 */
const onceEach = (reviews: readonly string[]): string[] => [...new Set(reviews)];

describe.each(targets)('the registration, met by $name', ({ start, skip }) => {
  let target: Target;
  let webhook: RecordingReviewer;
  let cluster: Cluster;
  const others: Cluster[] = [];
  const authority = makeAuthority();
  const certificate: KeyPair = makeServerCertificate(authority);
  const signal = new AbortController().signal;
  const { resource: guardKind, name: guardName } = registrationKeys.guard;

  const as: As = (impersonate) => {
    const made = connect({ kubeconfig: kubeconfigOf(target), impersonate });
    others.push(made);
    return made;
  };
  const kubeconfigOf = ({ access }: Target) =>
    kubeconfigFor(access.url, { ca: access.ca, clientCert: access.cert, clientKey: access.key });

  const options = () => ({
    target: { url: `https://127.0.0.1:${webhook.port}` },
    guardPolicy: 'Fail' as const,
    namespace: 'kubectl-dr',
    ownAccounts: ["system:serviceaccount:rook-ceph:it's-ours"],
    waitMs: 10_000,
    signal,
    now: Date.now,
  });

  const inject = async (): Promise<void> => {
    const { registrations } = await readStored(cluster, 'kubectl-dr', signal);
    for (const patch of bundlePatches(registrations, authority.cert))
      await writeBundle(cluster, patch, signal);
  };
  const readGuard = () => cluster.get<WebhookConfiguration>(guardKind, { name: guardName });

  beforeAll(async () => {
    if (skip) return;
    target = await start();
    const client = createHttpsClient(target.access);
    await installCrds(client);
    client.close();
    webhook = await startRecordingReviewer(certificate);
    cluster = connect({ kubeconfig: kubeconfigOf(target) });
    await cluster.create(ns, space('kubectl-dr'));
  });
  afterAll(async () => {
    if (skip) return;
    await webhook.close();
    for (const other of [cluster, ...others]) other.close();
    await target.stop();
  });

  describe.skipIf(skip)('as register applies it', () => {
    test('it is applied with Ignore, and stays so while nobody answers; there is no bundle yet', async () => {
      await expect(register(cluster, { ...options(), waitMs: 300 })).rejects.toMatchObject({
        code: 'GuardNotAnswering',
        message: expect.stringContaining('failurePolicy Ignore'),
      });
      const { webhooks = [] } = await readGuard();
      expect(webhooks.map(({ failurePolicy }) => failurePolicy)).toEqual(['Ignore', 'Ignore']);
    });

    test('it turns to Fail as soon as the guard answers', async () => {
      webhook.refuse(true);
      const registering = register(cluster, options());
      await inject();
      const [guard] = await registering;
      expect(guard!.webhooks!.map(({ failurePolicy }) => failurePolicy)).toEqual(['Fail', 'Ignore']);
      webhook.refuse(false);
    });

    test('again and again it changes nothing, and the bundle stays', async () => {
      const before = await readGuard();
      expect(before.webhooks![0]!.clientConfig.caBundle).toBe(Buffer.from(authority.cert).toString('base64'));
      await register(cluster, options());
      await register(cluster, { ...options(), dryRun: true, guardPolicy: 'Ignore' });
      expect(await readGuard()).toEqual(before);
    });

    test('a bundle is not injected where the object has changed or is gone meanwhile, and makes no object', async () => {
      const { registrations } = await readStored(cluster, 'kubectl-dr', signal);
      const patches = bundlePatches(registrations, makeAuthority().cert);
      const restore = patches.find(({ key }) => key.name === registrationKeys.restore.name)!;
      const { resource, name } = restore.key;
      await merge(cluster, resource, name, { metadata: { labels: { changed: 'meanwhile' } } });
      await expect(writeBundle(cluster, restore, signal)).rejects.toSatisfy(wasChangedMeanwhile);
      await cluster.delete(resource, { name });
      await expect(writeBundle(cluster, restore, signal)).rejects.toThrowError();
      await expect(cluster.get(resource, { name })).rejects.toMatchObject({ httpStatus: 404 });
      await register(cluster, options());
      await inject();
      // Until the server has noticed.
      await eventually(async () => {
        await cluster.create(pvs, pv('probe', { claimRef: { namespace: 'default', name: 'x', uid } }), {
          dryRun: true,
        });
        expect(webhook.taken()).toContain('restore CREATE persistentvolumes');
      });
      webhook.taken();
    });
  });

  describe.skipIf(skip)('which requests reach the webhook', () => {
    test.each(steps)('%s', async (_, act, seen) => {
      await catchUp(cluster);
      await act(cluster, as);
      expect(onceEach(webhook.taken())).toEqual(seen);
    });
  });

  describe.skipIf(skip)('while the webhook is dead', () => {
    test('(what is there)', async () => {
      await cluster.create(vrs, vr('kept'));
      await cluster.create(pvs, pv('kept-free'));
      await cluster.create(pvs, pv('kept-bound', { claimRef: { namespace: 'default', name: 'c', uid } }));
      await merge(cluster, pvs, 'kept-bound', { status: { phase: 'Bound' } }, { subresource: 'status' });
      await cluster.create(pvcs, pvc('kept-marked', { finalizers: [mark] }));
      await cluster.create(pvcs, pvc('kept-free'));
      await cluster.create(ns, space('kept'));
      await webhook.close();
    });

    const outcome = (act: (cluster: Cluster) => Promise<unknown>): Promise<string> =>
      act(cluster).then(
        () => 'passes',
        (error: unknown) =>
          /failed calling webhook "guard\./.test(String(error)) ? 'refused' : String(error),
      );

    test.each(whileDead)('%s: the outcome is as the guard promises', async (_, act, expected) => {
      expect(await outcome(act)).toBe(expected);
    });

    test('the documented command lets everything in, and the other one undoes it', async () => {
      const { breakGlass, undo } = documentedCommands();
      const client = createHttpsClient(target.access);
      const patch = async (command: string) => {
        const { status } = await client.send({
          method: 'PATCH',
          path: `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${guardName}`,
          headers: { 'content-type': 'application/strategic-merge-patch+json' },
          body: patchIn(command),
        });
        expect(status).toBe(200);
      };
      const before = await readGuard();
      await patch(breakGlass);
      for (const [what, act] of whileDead)
        await eventually(async () => expect([what, await outcome(act)]).toEqual([what, 'passes']));
      await patch(undo);
      for (const [what, act, expected] of whileDead)
        await eventually(async () => expect([what, await outcome(act)]).toEqual([what, expected]));
      expect((await readGuard()).webhooks).toEqual(before.webhooks);
      client.close();
    });

    test('unregister ends it all, and finds nothing a second time', async () => {
      const { removed } = await unregister(cluster, { signal });
      expect(removed).toEqual([
        'ValidatingWebhookConfiguration kubectl-dr-guard',
        'ValidatingWebhookConfiguration kubectl-dr-advice',
        'MutatingWebhookConfiguration kubectl-dr-restore',
      ]);
      expect(await unregister(cluster, { signal })).toEqual({ removed: [] });
      for (const [what, act] of whileDead)
        await eventually(async () => expect([what, await outcome(act)]).toEqual([what, 'passes']));
    });
  });
});
