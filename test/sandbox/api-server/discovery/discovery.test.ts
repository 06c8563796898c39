import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  installCrds,
  type Json,
  type RunningServer,
  replication,
  runServer,
  type Send,
} from '../running-server.ts';

let running: RunningServer;
let send: Send;

beforeAll(async () => {
  running = await runServer();
  send = running.send;
  await installCrds(send);
});
afterAll(() => running.close());

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const version = (name: string, storage: boolean, served = true) => ({
  name,
  served,
  storage,
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
    },
  },
  subresources: { scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
});

const definition = (...versions: object[]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
  spec: { group: 'example.com', scope: 'Cluster', names: { plural: 'things', kind: 'Thing' }, versions },
});

describe('discovery', () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

  test('tells everything at once, and nothing to who knows it already', async () => {
    const { headers, body } = await send('GET', '/apis', { headers: { accept } });
    expect(headers['content-type']).toBe(
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    );
    const group = body.items.find(
      ({ metadata }: Json) => metadata.name === 'replication.storage.openshift.io',
    );
    expect(
      group.versions[0].resources.find(({ resource }: Json) => resource === 'volumereplications'),
    ).toMatchObject({
      scope: 'Namespaced',
      shortNames: ['vr'],
      responseKind: { kind: 'VolumeReplication' },
      subresources: [{ subresource: 'status', verbs: ['get', 'patch', 'update'] }],
    });
    const known = { accept, 'if-none-match': String(headers['etag']) };
    expect((await send('GET', '/apis', { headers: known })).status).toBe(304);
    await send('POST', definitions, { body: definition(version('v1', true)) });
    expect((await send('GET', '/apis', { headers: known })).status).toBe(200);
    await send('DELETE', `${definitions}/things.example.com`);
  });

  test('tells of the core group the resources with their subresources', async () => {
    const { body } = await send('GET', '/api/v1');
    const names = body.resources.map(({ name }: Json) => name);
    expect(names).toEqual(
      expect.arrayContaining(['pods/binding', 'namespaces/finalize', 'serviceaccounts/token']),
    );
  });

  test('gives the same storage hash as kube-apiserver', async () => {
    const { body } = await send('GET', '/apis/replication.storage.openshift.io/v1alpha1');
    const found = body.resources.find(({ name }: Json) => name === 'volumereplications');
    expect(found.storageVersionHash).toBe('0V205LIKx04=');
  });
});

describe('a definition with several versions', () => {
  beforeAll(async () => {
    await send('POST', definitions, { body: definition(version('v1beta1', false), version('v1', true)) });
  });

  test('serves each object in each of them', async () => {
    const body = {
      apiVersion: 'example.com/v1beta1',
      kind: 'Thing',
      metadata: { name: 'x' },
      spec: { size: 3 },
    };
    expect((await send('POST', '/apis/example.com/v1beta1/things', { body })).body.apiVersion).toBe(
      'example.com/v1beta1',
    );
    for (const name of ['v1', 'v1beta1']) {
      const { body: list } = await send('GET', `/apis/example.com/${name}/things`);
      expect(list.items.map(({ apiVersion }: Json) => apiVersion)).toEqual([`example.com/${name}`]);
    }
    expect((await send('GET', '/apis/example.com/v1/things/x/scale')).body.spec).toEqual({ replicas: 3 });
  });

  test('prefers the stable one and stops serving what is not served', async () => {
    expect((await send('GET', '/apis/example.com')).body.preferredVersion.version).toBe('v1');
    const { body: live } = await send('GET', `${definitions}/things.example.com`);
    const spec = definition(version('v1beta1', false, false), version('v1', true)).spec;
    await send('PUT', `${definitions}/things.example.com`, { body: { ...live, spec } });
    expect((await send('GET', '/apis/example.com/v1beta1/things')).status).toBe(404);
    expect((await send('GET', '/apis/example.com/v1/things/x')).status).toBe(200);
  });
});

describe('who may ask', () => {
  test.each(['/healthz', '/livez', '/readyz', '/version'])('%s is open to everybody', async (path) => {
    expect((await running.sendAnonymously('GET', path)).status).toBe(200);
  });

  test.each(['/api', '/apis', '/openapi/v3', '/api/v1/namespaces'])('%s is not', async (path) => {
    expect((await running.sendAnonymously('GET', path)).body).toMatchObject({
      code: 401,
      reason: 'Unauthorized',
    });
  });

  test('an unknown field is refused to those who insist, with the path', async () => {
    const body = { ...replication('x'), spec: { ...replication('x').spec, wrong: 1 } };
    const path = '/apis/replication.storage.openshift.io/v1alpha1/namespaces/default/volumereplications';
    const { body: refused } = await send('PATCH', `${path}/x?fieldManager=t`, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/apply-patch+yaml' },
    });
    expect(refused.message).toContain('.spec.wrong: field not declared in schema');
  });
});
