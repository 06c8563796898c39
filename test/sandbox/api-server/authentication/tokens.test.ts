import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, type RunningServer, runServer, type Send } from '../running-server.ts';

let running: RunningServer;
let send: Send;
let now = Date.now();

beforeAll(async () => {
  running = await runServer({ now: () => now });
  send = running.send;
});
afterAll(() => running.close());

const accounts = '/api/v1/namespaces/default/serviceaccounts';

const account = async (name: string): Promise<Json> =>
  (await send('POST', accounts, { body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } } }))
    .body;

const request = (spec: object = {}) => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  spec,
});

const token = async (name: string, spec: object = {}): Promise<string> =>
  (await send('POST', `${accounts}/${name}/token`, { body: request(spec) })).body.status.token;

const bearing = (held: string) => ({ headers: { authorization: `Bearer ${held}` } });
const namespaces = '/api/v1/namespaces';
const askedBy = async (held: string) =>
  (await running.sendAnonymously('GET', namespaces, bearing(held))).status;

describe('a service account token', () => {
  test('is its account, with the groups of its namespace', async () => {
    const { metadata } = await account('bot');
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = await running.sendAnonymously(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      {
        body,
        ...bearing(await token('bot')),
      },
    );
    expect(answer.body.status.userInfo).toMatchObject({
      username: 'system:serviceaccount:default:bot',
      uid: metadata.uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    });
  });

  test('may do what RBAC says, and is told what it may not', async () => {
    await account('reader');
    const held = await token('reader');
    const { body } = await running.sendAnonymously('GET', namespaces, bearing(held));
    expect(body).toMatchObject({
      code: 403,
      message:
        'namespaces is forbidden: User "system:serviceaccount:default:reader" cannot list resource "namespaces" in API group "" at the cluster scope',
    });
    await send('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'reader' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'reader' }],
      },
    });
    expect(await askedBy(held)).toBe(200);
  });

  test('is void after its time, when it was changed, and for another audience', async () => {
    await account('short');
    const held = await token('short', { expirationSeconds: 600 });
    expect(await askedBy(held)).toBe(403);
    expect(await askedBy(`${held.slice(0, -4)}AAAA`)).toBe(401);
    expect(await askedBy(await token('short', { audiences: ['elsewhere'] }))).toBe(401);
    now += 601_000;
    expect(await askedBy(held)).toBe(401);
  });

  test('dies with its account, also when one of the same name comes', async () => {
    await account('gone');
    const held = await token('gone');
    await send('DELETE', `${accounts}/gone`);
    expect(await askedBy(held)).toBe(401);
    await account('gone');
    expect(await askedBy(held)).toBe(401);
  });

  test('dies with the secret it is bound to', async () => {
    await account('bound');
    const secrets = '/api/v1/namespaces/default/secrets';
    await send('POST', secrets, { body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tie' } } });
    const held = await token('bound', { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'tie' } });
    expect(await askedBy(held)).toBe(403);
    await send('DELETE', `${secrets}/tie`);
    expect(await askedBy(held)).toBe(401);
  });

  test('is recognized by a TokenReview, and anything else is not', async () => {
    await account('known');
    const review = async (held: string) =>
      (
        await send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
          body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: held } },
        })
      ).body.status;
    expect(await review(await token('known'))).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:default:known' },
    });
    expect((await review('x.y.z')).authenticated).toBe(false);
  });

  test('for less than ten minutes, or for an account that is not there, is refused', async () => {
    await account('brief');
    const { body } = await send('POST', `${accounts}/brief/token`, {
      body: request({ expirationSeconds: 60 }),
    });
    expect(body.message).toContain('may not specify a duration less than 10 minutes');
    expect((await send('POST', `${accounts}/nobody/token`, { body: request() })).status).toBe(404);
  });
});

describe('impersonation', () => {
  test('asks as somebody else, where that is allowed', async () => {
    const headers = { 'impersonate-user': 'ann', 'impersonate-group': 'team' };
    const { body } = await send('GET', namespaces, { headers });
    expect(body.message).toContain('User "ann" cannot list');
    await account('sly');
    const sly = { headers: { ...bearing(await token('sly')).headers, ...headers } };
    expect((await running.sendAnonymously('GET', namespaces, sly)).body.message).toBe(
      'users "ann" is forbidden: User "system:serviceaccount:default:sly" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
  });
});
