import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resources } from '../../../core/model/resource.ts';
import { type FollowedCaches, startCaches } from '../../../webhook/facts/caches.ts';
import { createFactSource } from '../../../webhook/facts/create-fact-source.ts';
import { createClaimReader } from '../../../webhook/facts/read-live-claim.ts';
import { createAccessReview } from '../../../webhook/facts/review-access.ts';
import {
  type EmbeddedCluster,
  eventually,
  installCrds,
  startEmbeddedCluster,
} from '../../kube/embedded-cluster.ts';
import { sendJson, startScriptedServer } from '../../kube/scripted-server.ts';
import { creating, deleting, pv, pvc, vr } from './site.ts';

const never = new AbortController().signal;
const silent = { debug: () => undefined, warn: () => undefined };

let embedded: EmbeddedCluster;
beforeAll(async () => {
  embedded = await startEmbeddedCluster();
});
afterAll(() => embedded.close());

let ending: AbortController;
beforeEach(() => {
  ending = new AbortController();
});
afterEach(() => ending.abort());

const follow = (): FollowedCaches =>
  startCaches({
    cluster: embedded.cluster,
    signal: ending.signal,
    now: Date.now,
    random: () => -0.95,
    log: silent,
  });

const factsFrom = (caches: FollowedCaches) =>
  createFactSource({
    caches,
    peer: undefined,
    reviewAccess: createAccessReview(embedded.cluster),
    readClaim: createClaimReader(embedded.cluster),
    lifecycleOwners: [],
    withoutPeer: 'allow',
    now: Date.now,
  });

/** A server gives uids of its own. */
const bare = <T extends { metadata: object }>(object: T): T => {
  const { uid: _, ...metadata } = object.metadata as { uid?: string };
  return { ...object, metadata };
};

describe('before the CRDs are there', () => {
  test('nobody can tell what is protected, and the reason says why', async () => {
    const facts = factsFrom(follow());
    await eventually(() => {
      expect(facts.notReady()).toEqual([
        expect.stringMatching(/^the VolumeReplications are not listed yet: .*is the CRD missing\?$/),
        expect.stringMatching(/^the VolumeReplicationClasses are not listed yet: .*is the CRD missing\?$/),
      ]);
    });
    expect(await facts.guard(deleting(pvc()), never)).toMatchObject({ protectedBy: { known: false } });
  });
});

describe('against an API server', () => {
  beforeAll(async () => {
    await installCrds(embedded.cluster);
    await embedded.cluster.create(resources.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop' },
    });
    await embedded.cluster.create(resources.persistentVolumes, {
      ...bare(pv({ claim: 'shop/db' })),
      spec: {
        ...pv({ claim: 'shop/db' }).spec,
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
      },
    });
    await embedded.cluster.create(resources.persistentVolumeClaims, {
      ...bare(pvc()),
      spec: {
        storageClassName: 'rbd-sc',
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
      },
    });
  });

  test('what is there is found by claim and volume, and what goes is not', async () => {
    const caches = follow();
    await caches.synced;
    const facts = factsFrom(caches);
    expect(facts.notReady()).toEqual([]);
    const stored = await embedded.cluster.create(
      resources.volumeReplications,
      bare(vr({ wants: 'secondary' })),
    );
    const protectors = async () => {
      const found = await facts.guard(deleting(pv({ claim: 'shop/db' })), never);
      return found?.subject === 'volume' && found.protectedBy.known
        ? found.protectedBy.value.length
        : undefined;
    };
    await eventually(async () => expect(await protectors()).toBe(1));
    await embedded.cluster.delete(resources.volumeReplications, { namespace: 'shop', name: 'db' });
    await eventually(async () => expect(await protectors()).toBe(0));
    expect(stored.metadata.uid).toBeDefined();
  });

  test('a claim that is not in the cache yet is read, and one that is nowhere is known to be', async () => {
    const read = createClaimReader(embedded.cluster);
    expect((await read({ namespace: 'shop', name: 'db' }, never))?.metadata.name).toBe('db');
    expect(await read({ namespace: 'shop', name: 'no' }, never)).toBeUndefined();
  });

  test('pods without claims hold a name only, however they change', async () => {
    const pod = (image: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'shop', labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image }] },
    });
    await embedded.cluster.create(resources.pods, pod('web:1'));
    const caches = follow();
    await caches.synced;
    expect(caches.pods.get({ namespace: 'shop', name: 'web' })).toEqual({
      metadata: { name: 'web', namespace: 'shop' },
    });
    await embedded.cluster.patch(
      resources.pods,
      { namespace: 'shop', name: 'web' },
      { metadata: { labels: { a: 'c' } } },
      { type: 'merge' },
    );
    await embedded.cluster.delete(
      resources.pods,
      { namespace: 'shop', name: 'web' },
      { gracePeriodSeconds: 0 },
    );
    await eventually(() => expect(caches.pods.get({ namespace: 'shop', name: 'web' })).toBeUndefined());
  });
});

describe('the right to consent', () => {
  const question = {
    to: 'consent',
    user: { username: 'alice', uid: 'u-1', groups: ['people'], extra: { 'example.org/scope': ['x', 'y'] } },
    resource: 'volumereplications',
    namespace: 'shop',
    name: 'db',
  } as const;

  const answering = async (status: number, body: unknown) => {
    const server = await startScriptedServer((_, response) => sendJson(response, status, body));
    const outcome = await createAccessReview(server.cluster)(question, never).catch((error: Error) => error);
    await server.close();
    return { outcome, requests: server.requests };
  };

  test('is asked with user, groups, uid and extra', async () => {
    const { outcome, requests } = await answering(201, { status: { allowed: true } });
    expect(outcome).toBe(true);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      metadata: {},
      spec: {
        user: 'alice',
        uid: 'u-1',
        groups: ['people'],
        extra: { 'example.org/scope': ['x', 'y'] },
        resourceAttributes: {
          group: 'replication.storage.openshift.io',
          version: 'v1alpha1',
          resource: 'volumereplications',
          namespace: 'shop',
          name: 'db',
          verb: 'consent',
        },
      },
    });
  });

  const answers: [string, number, unknown, unknown][] = [
    ['is not there without a word', 201, { status: {} }, false],
    ['is not there where it is denied', 201, { status: { allowed: false, denied: true } }, false],
    [
      'is unknown where the authorizer failed',
      201,
      { status: { allowed: false, evaluationError: 'webhook authorizer is away' } },
      expect.objectContaining({ message: 'the review of access failed: webhook authorizer is away' }),
    ],
    [
      'is unknown where the question is forbidden',
      403,
      {
        kind: 'Status',
        status: 'Failure',
        reason: 'Forbidden',
        message: 'may not create reviews',
        code: 403,
      },
      expect.objectContaining({ code: 'Forbidden' }),
    ],
  ];
  test.each(answers)('%s', async (_, status, body, expected) => {
    expect((await answering(status, body)).outcome).toEqual(expected);
  });

  test('is known to the API server by its RBAC', async () => {
    const review = createAccessReview(embedded.cluster);
    expect(await review(question, never)).toBe(false);
    const admin = { ...question, user: { username: 'root', groups: ['system:masters'], extra: {} } };
    expect(await review(admin, never)).toBe(true);
  });
});

test('of two that are created at once through the whole source, the second sees the first', async () => {
  const caches = follow();
  await caches.synced;
  const facts = factsFrom(caches);
  const first = creating(bare(vr({ name: 'first' })));
  expect(await facts.guard(first, never)).toMatchObject({ members: { value: [{ rivals: { value: [] } }] } });
  facts.admitted(first);
  expect(await facts.guard(creating(bare(vr({ name: 'second' }))), never)).toMatchObject({
    members: { value: [{ rivals: { value: [{ name: 'first' }] } }] },
  });
});
