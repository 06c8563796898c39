import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  configMap,
  configMaps,
  installCrds,
  type RunningServer,
  replication,
  replications,
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

const create = async (path: string, body: object) => {
  const answer = await send('POST', path, { body });
  expect(answer.body).toMatchObject({ kind: (body as { kind: string }).kind });
  return answer.body;
};

describe('create', () => {
  test('ignores what only the server says about an object', async () => {
    const metadata = {
      uid: 'mine',
      generation: 7,
      creationTimestamp: '2001-01-01T00:00:00Z',
      deletionTimestamp: '2001-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 5,
    };
    const made = await create(replications, {
      ...replication('owned', metadata),
      status: { state: 'Primary' },
    });
    expect(made.metadata).toMatchObject({ generation: 1, namespace: 'default' });
    expect(made.metadata.uid).not.toBe('mine');
    expect(made.metadata.creationTimestamp).not.toContain('2001');
    expect(made.metadata).not.toHaveProperty('deletionTimestamp');
    expect(made).not.toHaveProperty('status');
  });

  test('across all namespaces is not offered', async () => {
    expect((await send('POST', '/api/v1/configmaps', { body: configMap('x') })).status).toBe(405);
  });

  test('refuses metadata that is none', async () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: 'x' };
    expect((await send('POST', configMaps, { body })).body.message).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta',
    );
  });

  test('takes YAML', async () => {
    const headers = { 'content-type': 'application/yaml' };
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-yaml}\ndata: {a: "1"}\n';
    expect((await send('POST', configMaps, { body, headers })).status).toBe(201);
  });

  test('refuses a content type it does not know', async () => {
    const answer = await send('POST', configMaps, { body: 'x', headers: { 'content-type': 'text/plain' } });
    expect(answer.status).toBe(415);
    expect(answer.body.message).toContain('application/json, application/yaml');
  });

  test('refuses more than 3 MiB', async () => {
    const body = { ...configMap('large'), data: { a: 'x'.repeat(3 * 1024 * 1024) } };
    expect((await send('POST', configMaps, { body })).status).toBe(413);
  });

  test('refuses labels, annotations, finalizers and owners that no object can have, all at once', async () => {
    const body = configMap('bad', {
      labels: { 'bad/key/x': 'fine', fine: 'bad value' },
      annotations: { '/': '' },
      finalizers: ['x y'],
      ownerReferences: [{ apiVersion: 'v1', kind: '', name: 'n', uid: '' }],
    });
    const { status, body: refused } = await send('POST', configMaps, { body });
    expect(status).toBe(422);
    expect(refused.details.causes.map(({ field }: { field: string }) => field)).toEqual([
      'metadata.labels',
      'metadata.labels',
      'metadata.annotations',
      'metadata.ownerReferences.kind',
      'metadata.ownerReferences.uid',
      'metadata.finalizers',
    ]);
  });

  test('in a namespace that is being deleted is refused', async () => {
    await create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'leaving' },
    });
    await send('DELETE', '/api/v1/namespaces/leaving');
    const { status, body } = await send('POST', '/api/v1/namespaces/leaving/configmaps', {
      body: configMap('x'),
    });
    expect(status).toBe(403);
    expect(body.message).toBe(
      'configmaps "x" is forbidden: unable to create new content in namespace leaving because it is being terminated',
    );
    expect(body.details.causes[0].reason).toBe('NamespaceTerminating');
  });

  test('gives a claim without a class the default one', async () => {
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    await create('/apis/storage.k8s.io/v1/storageclasses', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'usual', annotations },
      provisioner: 'p.example.com',
    });
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'any' }, spec };
    const made = await create('/api/v1/namespaces/default/persistentvolumeclaims', claim);
    expect(made.spec.storageClassName).toBe('usual');
  });

  test('notes the creator as owner of the fields, by the User-Agent where no manager is named', async () => {
    const headers = { 'user-agent': 'kubectl/v1 (linux)' };
    const { body } = await send('POST', configMaps, { body: configMap('owned-by'), headers });
    expect(body.metadata.managedFields).toMatchObject([
      { manager: 'kubectl', operation: 'Update', fieldsV1: { 'f:data': { 'f:a': {} } } },
    ]);
  });
});

describe('update', () => {
  test('of a built-in kind needs no resourceVersion', async () => {
    await create(configMaps, configMap('free'));
    const body = { ...configMap('free'), data: { a: '2' } };
    expect((await send('PUT', `${configMaps}/free`, { body })).status).toBe(200);
  });

  test('of a lease, a definition or a webhook registration needs one', async () => {
    const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'led' },
      spec: {},
    };
    await create(leases, lease);
    const { status, body } = await send('PUT', `${leases}/led`, { body: lease });
    expect(status).toBe(422);
    expect(body.message).toContain(
      'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });

  test('with the uid of another object conflicts', async () => {
    await create(configMaps, configMap('unique'));
    const body = configMap('unique', { uid: 'other' });
    const answer = await send('PUT', `${configMaps}/unique`, { body });
    expect(answer.status).toBe(409);
    expect(answer.body.message).toContain('UID in precondition: other');
  });

  test('counts the generation up when something besides metadata and status changes', async () => {
    await create(replications, replication('counted'));
    const path = `${replications}/counted`;
    const generationAfter = async (suffix: string, body: object) =>
      (await send('PATCH', path + suffix, { body })).body.metadata.generation;
    expect(await generationAfter('', { metadata: { labels: { a: 'b' } } })).toBe(1);
    expect(await generationAfter('/status', { status: { state: 'Primary' } })).toBe(1);
    expect(await generationAfter('', { spec: { autoResync: true } })).toBe(2);
    expect(await generationAfter('', { spec: { autoResync: true } })).toBe(2);
  });

  test('through the status changes no metadata of a custom resource', async () => {
    await create(replications, replication('still', { labels: { a: '1' } }));
    const body = {
      metadata: { labels: { a: '2' }, finalizers: ['x.example.com/y'] },
      status: { state: 'Primary' },
    };
    const { body: after } = await send('PATCH', `${replications}/still/status`, { body });
    expect(after).toMatchObject({ metadata: { labels: { a: '1' } }, status: { state: 'Primary' } });
    expect(after.metadata).not.toHaveProperty('finalizers');
  });

  test('by many patches at once loses none of them', async () => {
    await create(configMaps, configMap('shared'));
    const patches = Array.from({ length: 20 }, (_, index) =>
      send('PATCH', `${configMaps}/shared`, { body: { data: { [`key${index}`]: 'x' } } }),
    );
    expect((await Promise.all(patches)).map(({ status }) => status)).toEqual(patches.map(() => 200));
    const { body } = await send('GET', `${configMaps}/shared`);
    expect(Object.keys(body.data)).toHaveLength(21);
  });

  test('may not turn the object into another one', async () => {
    await create(configMaps, configMap('itself'));
    const answer = await send('PATCH', `${configMaps}/itself`, { body: { metadata: { name: 'other' } } });
    expect(answer.body).toMatchObject({
      code: 400,
      message: 'the name of the object (other) does not match the name on the URL (itself)',
    });
  });

  test('in a dry run answers what would be and keeps what is', async () => {
    await create(configMaps, configMap('tried'));
    const { body: would } = await send('PATCH', `${configMaps}/tried?dryRun=All`, {
      body: { data: { a: '2' } },
    });
    expect(would.data).toEqual({ a: '2' });
    expect((await send('GET', `${configMaps}/tried`)).body.data).toEqual({ a: '1' });
  });

  test('refuses options it does not know', async () => {
    const path = `${configMaps}/tried?dryRun=Some`;
    expect((await send('PATCH', path, { body: {} })).body.message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: "Some": supported values: "All"',
    );
  });
});

describe('delete', () => {
  const held = (name: string) => configMap(name, { finalizers: ['x.example.com/y'] });
  const remove = (name: string, options: object) =>
    send('DELETE', `${configMaps}/${name}`, { body: options });

  test('with a stale resourceVersion as precondition conflicts', async () => {
    await create(configMaps, configMap('guarded'));
    const answer = await remove('guarded', { preconditions: { resourceVersion: '1' } });
    expect(answer.status).toBe(409);
    expect(answer.body.message).toContain('the ResourceVersion in the precondition (1) does not match');
  });

  test.each([
    ['Foreground', ['x.example.com/y', 'foregroundDeletion']],
    ['Orphan', ['x.example.com/y', 'orphan']],
    ['Background', ['x.example.com/y']],
  ])('%s leaves the work to the garbage collector by a finalizer', async (propagationPolicy, finalizers) => {
    const name = `left-${propagationPolicy.toLowerCase()}`;
    await create(configMaps, held(name));
    const { body } = await remove(name, { propagationPolicy });
    expect(body.metadata.finalizers).toEqual(finalizers);
    expect(body.metadata.deletionTimestamp).toBeDefined();
  });

  test('again changes nothing', async () => {
    await create(configMaps, held('twice'));
    const { body: first } = await remove('twice', {});
    const { body: second } = await remove('twice', {});
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  test('ends when the last finalizer goes', async () => {
    await create(configMaps, held('last'));
    await remove('last', {});
    await send('PATCH', `${configMaps}/last`, { body: { metadata: { finalizers: null } } });
    expect((await send('GET', `${configMaps}/last`)).status).toBe(404);
  });

  test('of a running pod waits for its node, and ends at once with no grace', async () => {
    const pods = '/api/v1/namespaces/default/pods';
    const pod = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: 7 },
    });
    const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' };
    for (const name of ['waiting', 'running']) await create(pods, pod(name));
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'running' }, target };
    expect((await send('POST', `${pods}/running/binding`, { body: binding })).status).toBe(201);
    expect((await send('POST', `${pods}/running/binding`, { body: binding })).status).toBe(409);

    await send('DELETE', `${pods}/waiting`);
    expect((await send('GET', `${pods}/waiting`)).status).toBe(404);
    const { body: ending } = await send('DELETE', `${pods}/running`);
    expect(ending.metadata.deletionGracePeriodSeconds).toBe(7);
    const { body: sooner } = await send('DELETE', `${pods}/running?gracePeriodSeconds=3`);
    expect(sooner.metadata.deletionGracePeriodSeconds).toBe(3);
    await send('DELETE', `${pods}/running?gracePeriodSeconds=0`);
    expect((await send('GET', `${pods}/running`)).status).toBe(404);
  });

  test('of a namespace waits until its finalizer is taken off through finalize', async () => {
    const path = '/api/v1/namespaces/emptied';
    await create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'emptied' },
    });
    const { body: marked } = await send('DELETE', path);
    expect(marked).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Terminating' } });
    await send('PUT', `${path}/finalize`, { body: { ...marked, spec: {} } });
    expect((await send('GET', path)).status).toBe(404);
  });

  test('of the default namespace is forbidden', async () => {
    expect((await send('DELETE', '/api/v1/namespaces/default')).body.message).toBe(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });

  test('of a collection takes what is selected and leaves the rest', async () => {
    for (const name of ['c1', 'c2', 'c3'])
      await create(configMaps, configMap(name, { labels: { batch: name === 'c3' ? 'no' : 'yes' } }));
    const { body } = await send('DELETE', `${configMaps}?labelSelector=batch=yes`);
    expect(body.items).toHaveLength(2);
    const { body: left } = await send('GET', `${configMaps}?labelSelector=batch`);
    expect(left.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(['c3']);
  });

  test('of a collection is not offered for namespaces', async () => {
    expect((await send('DELETE', '/api/v1/namespaces')).status).toBe(405);
  });
});

describe('apply', () => {
  const headers = { 'content-type': 'application/apply-patch+yaml' };
  const apply = (name: string, body: object, query: string) =>
    send('PATCH', `${configMaps}/${name}?${query}`, { body: JSON.stringify(body), headers });

  test('creates, takes over by force, and removes what it no longer names', async () => {
    const first = await apply(
      'applied',
      { ...configMap('applied'), data: { a: '1', b: '1' } },
      'fieldManager=one',
    );
    expect(first.status).toBe(201);
    expect((await apply('applied', configMap('applied'), 'fieldManager=one')).body.data).toEqual({ a: '1' });
    const other = { ...configMap('applied'), data: { a: '2' } };
    expect((await apply('applied', other, 'fieldManager=two')).body.details.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' },
    ]);
    expect((await apply('applied', other, 'fieldManager=two&force=true')).body.data).toEqual({ a: '2' });
  });

  test('needs no name in the body, but not another one', async () => {
    const unnamed = { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } };
    expect((await apply('unnamed', unnamed, 'fieldManager=one')).status).toBe(201);
    expect((await apply('unnamed', configMap('other'), 'fieldManager=one')).status).toBe(400);
  });

  test('in a dry run creates nothing', async () => {
    expect((await apply('dry', configMap('dry'), 'fieldManager=one&dryRun=All')).status).toBe(201);
    expect((await send('GET', `${configMaps}/dry`)).status).toBe(404);
  });
});

describe('scale', () => {
  const path = '/apis/apps/v1/namespaces/default/deployments';

  test('reads and writes the replicas of a deployment, and refuses fewer than none', async () => {
    await create(path, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'scaled' },
      spec: {
        replicas: 2,
        selector: {
          matchExpressions: [{ key: 'a', operator: 'In', values: ['y', 'x'] }],
          matchLabels: { a: 'x' },
        },
        template: { metadata: { labels: { a: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    });
    const { body: scale } = await send('GET', `${path}/scaled/scale`);
    expect(scale).toMatchObject({ spec: { replicas: 2 }, status: { selector: 'a in (x,y),a=x' } });
    const { body: more } = await send('PUT', `${path}/scaled/scale`, {
      body: { ...scale, spec: { replicas: 5 } },
    });
    expect(more.spec.replicas).toBe(5);
    expect((await send('GET', `${path}/scaled`)).body.spec.replicas).toBe(5);
    expect((await send('PUT', `${path}/scaled/scale`, { body: scale })).status).toBe(409);
    expect((await send('PATCH', `${path}/scaled/scale`, { body: { spec: { replicas: -1 } } })).status).toBe(
      422,
    );
  });
});
