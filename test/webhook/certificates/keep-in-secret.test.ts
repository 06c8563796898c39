import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import { bundleFieldManager } from '../../../webhook/certificates/ca-bundle.ts';
import { bundleOf, readCertificateSet, type Secret } from '../../../webhook/certificates/certificate-set.ts';
import { certificatesIn } from '../../../webhook/certificates/read-certificate.ts';
import { makeAuthority, makeLeaf } from '../../../webhook/certificates/sign-certificate.ts';
import { registrationKeys } from '../../../webhook/registration/registration.ts';
import type { WebhookConfiguration } from '../../../webhook/registration/webhook-configuration.ts';
import { type EmbeddedCluster, eventually, startEmbeddedCluster } from '../../kube/embedded-cluster.ts';
import {
  createRegistrations,
  deleteRegistrations,
  names,
  namespace,
  type Replica,
  readBundles,
  readSecret,
  secretKey,
  seedSecret,
  shakeHands,
  startReplica,
  startTraffic,
} from './running-replica.ts';

const day = 86_400_000;
const guardKey = { name: registrationKeys.guard.name };
const guardKind = registrationKeys.guard.resource;

let embedded: EmbeddedCluster;
let replicas: Replica[] = [];

beforeAll(async () => {
  embedded = await startEmbeddedCluster();
  const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await embedded.cluster.create(resources.namespaces, space);
});
afterAll(() => embedded.close());

beforeEach(() => createRegistrations(embedded.cluster));
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  replicas = [];
  await deleteRegistrations(embedded.cluster);
  await embedded.cluster.delete(resources.secrets, secretKey).catch(() => undefined);
});

const start = async (
  ...args: Parameters<typeof startReplica> extends [unknown, ...infer Rest] ? Rest : never
) => {
  const replica = await startReplica(embedded.connectAgain(), ...args);
  replicas.push(replica);
  return replica;
};

const isTrusted = async ({ port }: Replica): Promise<void> => {
  const bundles = await readBundles(embedded.cluster);
  expect(bundles).toHaveLength(6);
  for (const bundle of bundles) expect(await shakeHands(port, bundle)).toBeUndefined();
};

const settled = (replica: Replica): Promise<void> =>
  eventually(() => {
    const { certificate, bundle } = replica.certificates.state();
    expect({ certificate, bundle }).toEqual({ certificate: { ok: true }, bundle: { ok: true } });
  });

const storedSet = async () => {
  const set = readCertificateSet(await readSecret(embedded.cluster));
  if (typeof set === 'string') throw new Error(set);
  return set;
};

/** A clock that makes ten seconds of settling pass in a fifth of one. */
const quick = { elapsed: () => performance.now() * 50, pollMs: 100 };

const aged = async (authorityDays: [number, number], leafDays: [number, number]) => {
  const life = ([from, to]: [number, number]) => ({
    notBefore: Date.now() + from * day,
    notAfter: Date.now() + to * day,
  });
  const authority = await makeAuthority(life(authorityDays));
  const leaf = await makeLeaf(authority, names, life(leafDays));
  return { authority, leaf, next: undefined, old: [], retireAfter: 0 };
};

describe('certificates in a Secret', () => {
  test('the first replica makes them, puts the bundle into every webhook, and is trusted by its service name', async () => {
    const replica = await start(undefined);
    await settled(replica);
    await isTrusted(replica);
    const secret = await readSecret(embedded.cluster);
    expect(Object.keys(secret.data ?? {}).sort()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
    expect(replica.certificates.state()).toMatchObject({ phase: 'steady', isLeader: true, remarks: [] });
    expect(replica.logged.join('\n')).not.toMatch(/PRIVATE KEY|CERTIFICATE-----/);
  });

  test('at rest nothing is written any more', async () => {
    const replica = await start(undefined, { pollMs: 20 });
    await settled(replica);
    const versions = async () => [
      (await readSecret(embedded.cluster)).metadata.resourceVersion,
      (await embedded.cluster.get(guardKind, guardKey)).metadata.resourceVersion,
    ];
    const before = await versions();
    let looks = 0;
    const { cluster } = embedded;
    await eventually(async () => {
      replica.certificates.refresh();
      looks += 1;
      await cluster.get(guardKind, guardKey);
      expect(looks).toBeGreaterThan(20);
    });
    expect(await versions()).toEqual(before);
  });

  test('it owns the field caBundle and nothing else, and changes nothing else', async () => {
    const before = await embedded.cluster.get<WebhookConfiguration>(guardKind, guardKey);
    await settled(await start(undefined));
    const after = await embedded.cluster.get<WebhookConfiguration>(guardKind, guardKey);
    const owned = (after.metadata.managedFields ?? []).filter(
      ({ manager }) => manager === bundleFieldManager,
    );
    expect(owned).toHaveLength(1);
    const webhooks = ['guard.kubectl-dr.dev', 'guard-unmarked.kubectl-dr.dev'];
    expect(owned[0]!.fieldsV1).toEqual({
      'f:webhooks': Object.fromEntries(
        webhooks.map((name) => [
          `k:{"name":"${name}"}`,
          { '.': {}, 'f:clientConfig': { 'f:caBundle': {} }, 'f:name': {} },
        ]),
      ),
    });
    const withoutBundle = (object: WebhookConfiguration) =>
      object.webhooks!.map(({ clientConfig: { caBundle: _, ...clientConfig }, ...rest }) => ({
        ...rest,
        clientConfig,
      }));
    expect(withoutBundle(after)).toEqual(withoutBundle(before));
  });

  test('without registrations nothing is served, none is made, and the state says what to do', async () => {
    await deleteRegistrations(embedded.cluster);
    const replica = await start(undefined);
    await eventually(() => readSecret(embedded.cluster));
    await eventually(() => {
      expect(replica.certificates.state()).toMatchObject({
        certificate: { ok: false, why: expect.stringContaining('dr-webhook register') },
        bundle: { ok: false, why: expect.stringContaining('kubectl-dr-guard does not exist') },
      });
    });
    expect(replica.certificates.current()).toBeUndefined();
    const { items } = await embedded.cluster.list(guardKind);
    expect(items).toEqual([]);
    await createRegistrations(embedded.cluster);
    await settled(replica);
  });

  test('a bundle that somebody wipes or changes is put back', async () => {
    const replica = await start(undefined);
    await settled(replica);
    const [bundle] = await readBundles(embedded.cluster);
    for (const caBundle of [null, Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64')]) {
      const body = [
        {
          op: caBundle === null ? 'remove' : 'replace',
          path: '/webhooks/0/clientConfig/caBundle',
          value: caBundle,
        },
      ];
      // A real API server refuses what is no PEM; either way it has to end as it was.
      await embedded.cluster.patch(guardKind, guardKey, body, { type: 'json' }).catch(() => undefined);
      await eventually(async () =>
        expect(await readBundles(embedded.cluster)).toEqual(Array(6).fill(bundle)),
      );
    }
    await isTrusted(replica);
  });

  test('a registration that is deleted is not made again; one that comes back gets the bundle', async () => {
    const replica = await start(undefined);
    await settled(replica);
    await embedded.cluster.delete(guardKind, guardKey);
    await eventually(() => expect(replica.certificates.state().bundle.ok).toBe(false));
    await expect(embedded.cluster.get(guardKind, guardKey)).rejects.toMatchObject({ httpStatus: 404 });
    await deleteRegistrations(embedded.cluster);
    await createRegistrations(embedded.cluster);
    await settled(replica);
    // Three objects come one after the other; the first may be right before the last is there.
    await eventually(() => isTrusted(replica));
  });

  test('two replicas elect one leader and serve the same leaf; when it ends, the other takes over', async () => {
    const [first, second] = [await start('first'), await start('second')];
    await Promise.all([settled(first), settled(second)]);
    expect(first.certificates.current()).toEqual(second.certificates.current());
    const leaders = () => [first, second].filter(({ certificates }) => certificates.state().isLeader);
    expect(leaders()).toHaveLength(1);
    const [leader] = leaders();
    const other = leader === first ? second : first;
    await leader!.stop();
    await eventually(() => expect(other.certificates.state().isLeader).toBe(true));
    await embedded.cluster.delete(resources.secrets, secretKey);
    await eventually(() => readSecret(embedded.cluster));
    await settled(other);
  });

  test('a Secret that somebody deletes is made again, and no handshake fails meanwhile', async () => {
    const running = [await start('first', quick), await start('second', quick)];
    await Promise.all(running.map(settled));
    const before = await readSecret(embedded.cluster);
    const shown = running[0]!.certificates.current()!;
    const traffic = startTraffic(embedded.cluster, running);
    await embedded.cluster.delete(resources.secrets, secretKey);
    await eventually(() => {
      for (const { certificates } of running) expect(certificates.current()).not.toEqual(shown);
    });
    const seen = traffic.succeeded();
    await eventually(() => expect(traffic.succeeded()).toBeGreaterThan(seen + 10));
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    const after = await readSecret(embedded.cluster);
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect(after.data!['ca.key']).not.toBe(before.data!['ca.key']);
  });

  test.each([
    ['an authority that is no certificate', { 'ca.crt': 'Z2FyYmFnZQ==' }],
    ['a key that belongs to another certificate', { 'ca.key': undefined }],
    ['no data at all', null],
  ])('garbage in the Secret is made good: %s', async (_, change) => {
    const replica = await start(undefined, quick);
    await settled(replica);
    const secret = await readSecret(embedded.cluster);
    const other = (await makeAuthority({ notBefore: Date.now() - day, notAfter: Date.now() + day })).key;
    const data =
      change === null
        ? {}
        : {
            ...secret.data,
            'ca.key': Buffer.from(other).toString('base64'),
            ...('ca.crt' in change ? change : {}),
          };
    await embedded.cluster.replace<Secret>(resources.secrets, { ...secret, data });
    await eventually(async () => expect((await storedSet()).leaf).toBeDefined());
    await eventually(async () =>
      expect(replica.certificates.current()?.cert).toBe((await storedSet()).leaf?.certificate),
    );
    await isTrusted(replica);
  });

  test('a leaf alone that is lost is made again from the same authority', async () => {
    const replica = await start(undefined, quick);
    await settled(replica);
    const before = await storedSet();
    const secret = await readSecret(embedded.cluster);
    const { 'tls.key': _, ...data } = secret.data!;
    await embedded.cluster.replace<Secret>(resources.secrets, { ...secret, data });
    await eventually(async () => expect((await storedSet()).leaf).toBeDefined());
    expect((await storedSet()).authority).toEqual(before.authority);
    await isTrusted(replica);
  });

  test('a rotation of the authority goes through its three phases without one failed handshake', async () => {
    const set = await aged([-300, 65], [-1, 29]);
    await seedSecret(embedded.cluster, set);
    const running = [await start('first', quick), await start('second', quick)];
    await eventually(() => {
      for (const { certificates } of running) expect(certificates.current()?.cert).toBe(set.leaf.certificate);
    });
    const traffic = startTraffic(embedded.cluster, running);
    const phases = new Set<string>();
    await eventually(() => {
      phases.add(running[0]!.certificates.state().phase);
      for (const { certificates } of running)
        expect(certificates.current()!.cert).not.toBe(set.leaf.certificate);
    });
    expect([...phases]).toEqual(['prepare', 'retire']);
    const rotated = await storedSet();
    expect(rotated.old).toEqual([set.authority.certificate]);
    expect(rotated.retireAfter).toBe(Date.parse(new X509Certificate(set.leaf.certificate).validTo));
    expect(certificatesIn((await readBundles(embedded.cluster))[0]!)).toHaveLength(2);

    // The rest would take until the old leaf has expired.
    const secret = await readSecret(embedded.cluster);
    const past = Buffer.from(new Date(Date.now() - 1).toISOString()).toString('base64');
    const data = { ...secret.data, 'old-ca.retire-after': past };
    await embedded.cluster.replace<Secret>(resources.secrets, { ...secret, data });
    await eventually(async () => {
      const bundles = await readBundles(embedded.cluster);
      expect(bundles).toEqual(Array(6).fill(rotated.authority.certificate));
    });
    const seen = traffic.succeeded();
    await eventually(() => expect(traffic.succeeded()).toBeGreaterThan(seen + 10));
    await traffic.stop();
    expect(traffic.failures).toEqual([]);
    expect(bundleOf(await storedSet())).toBe(rotated.authority.certificate);
  });

  test('a leaf that has lived two thirds is renewed by the same authority without one failed handshake', async () => {
    const set = await aged([-100, 265], [-25, 5]);
    await seedSecret(embedded.cluster, set);
    const replica = await start(undefined, quick);
    const traffic = startTraffic(embedded.cluster, [replica]);
    await eventually(() => {
      expect(replica.certificates.current()).toBeDefined();
      expect(replica.certificates.current()!.notAfter).toBeGreaterThan(Date.now() + 20 * day);
    });
    await settled(replica);
    await eventually(() => expect(traffic.succeeded()).toBeGreaterThan(10));
    await traffic.stop();
    expect((await storedSet()).authority).toEqual(set.authority);
    await isTrusted(replica);
  });

  test('what expired while everything was down recovers by itself', async () => {
    await seedSecret(embedded.cluster, await aged([-400, -35], [-60, -40]));
    const replica = await start('alone');
    await settled(replica);
    await isTrusted(replica);
  });

  test('a clock that jumps, forwards by a year and back, is survived', async () => {
    let ahead = 0;
    const replica = await start(undefined, { ...quick, now: () => Date.now() + ahead });
    await settled(replica);
    for (const jump of [370 * day, 0, -40 * day, 0]) {
      ahead = jump;
      const shown = replica.certificates.current();
      await eventually(() => expect(replica.certificates.current()).not.toEqual(shown));
      await settled(replica);
    }
    await isTrusted(replica);
  });

  test('a replica whose watches bring nothing follows by looking itself', async () => {
    const leader = await start(undefined, quick);
    await settled(leader);
    const cluster = embedded.connectAgain();
    const deaf = {
      ...cluster,
      // A connection that is open on our side alone.
      watch: async function* (_: unknown, { signal }: { signal: AbortSignal }) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        yield* [];
      },
    } as typeof cluster;
    const follower = await startReplica(deaf, undefined, quick);
    replicas.push(follower);
    await settled(follower);
    const shown = follower.certificates.current();
    await embedded.cluster.delete(resources.secrets, secretKey);
    await eventually(() => expect(follower.certificates.current()).not.toEqual(shown));
    await settled(follower);
    await isTrusted(follower);
  });

  test('no leaf is served that no registration verifies, even if the Secret offers one', async () => {
    const set = await aged([-1, 364], [-1, 29]);
    await seedSecret(embedded.cluster, set);
    const holdLease: KubernetesObject = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace, name: 'dr-webhook' },
      spec: {
        holderIdentity: 'somebody-else',
        leaseDurationSeconds: 3600,
        renewTime: '2999-01-01T00:00:00.000000Z',
      },
    };
    await embedded.cluster.delete(resources.leases, { namespace, name: 'dr-webhook' }).catch(() => undefined);
    await embedded.cluster.create(resources.leases, holdLease);
    const follower = await start('follower', quick);
    await eventually(() =>
      expect(follower.certificates.state().certificate).toEqual({
        ok: false,
        why: 'no registration carries a CA bundle that verifies the certificate in the Secret',
      }),
    );
    expect(follower.certificates.current()).toBeUndefined();
    await embedded.cluster.delete(resources.leases, { namespace, name: 'dr-webhook' });
    await settled(follower);
    expect(follower.certificates.current()?.cert).toBe(set.leaf.certificate);
  });

  test('a cluster that is away for a while changes nothing of what is served', async () => {
    const cluster = embedded.connectAgain();
    let isAway = false;
    const flaky = {
      ...cluster,
      get: (...args: Parameters<typeof cluster.get>) =>
        isAway ? Promise.reject(new Error('away')) : cluster.get(...args),
    } as typeof cluster;
    const replica = await startReplica(flaky, undefined, { ...quick, random: () => 0 });
    replicas.push(replica);
    await settled(replica);
    const shown = replica.certificates.current();
    isAway = true;
    await eventually(() =>
      expect(replica.certificates.state().remarks).toEqual(['the last look at certificates failed: away']),
    );
    expect(replica.certificates.current()).toBe(shown);
    expect(replica.certificates.state().certificate).toEqual({ ok: true });
    isAway = false;
    await eventually(() => expect(replica.certificates.state().remarks).toEqual([]));
  });
});
