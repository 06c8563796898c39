import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import { type Informer, type InformerOptions, informerBackoff, startInformer } from '../../kube/informer.ts';
import type { Change } from '../../kube/object-cache.ts';
import { type EmbeddedCluster, eventually, startEmbeddedCluster } from './embedded-cluster.ts';
import { type ScriptedServer, sendJson, startScriptedServer } from './scripted-server.ts';

type ConfigMap = KubernetesObject & { data?: Record<string, string> };

let ending: AbortController;
afterEach(() => ending.abort());

const follow = (
  options: Pick<InformerOptions<ConfigMap>, 'cluster'> & Partial<InformerOptions<ConfigMap>>,
): { informer: Informer<ConfigMap>; seen: string[] } => {
  ending = new AbortController();
  const seen: string[] = [];
  const informer = startInformer<ConfigMap>({
    resource: resources.configMaps,
    namespace: 'default',
    indexes: { color: ({ data }) => (data?.['color'] === undefined ? [] : [data['color']]) },
    signal: ending.signal,
    // The shortest back-off, so that tests need not wait.
    random: () => -0.95,
    onChange: (change: Change<ConfigMap>) => {
      seen.push(`${change.type} ${change.object.metadata.name} ${change.object.data?.['color'] ?? '-'}`);
    },
    ...options,
  });
  return { informer, seen };
};

const colored = (name: string, color: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { color },
});

describe('against an API server', () => {
  let embedded: EmbeddedCluster;
  beforeAll(async () => {
    embedded = await startEmbeddedCluster({ historyWindow: 20 });
  });
  afterAll(() => embedded.close());
  afterEach(async () => {
    const { items } = await embedded.cluster.listAll(resources.configMaps, { namespace: 'default' });
    for (const { metadata } of items) {
      await embedded.cluster.delete(resources.configMaps, {
        name: metadata.name ?? '',
        namespace: 'default',
      });
    }
  });

  const paint = (name: string, color: string) =>
    embedded.cluster.patch(
      resources.configMaps,
      { name, namespace: 'default' },
      { data: { color } },
      { type: 'merge' },
    );

  test('what is there and what changes is in the cache and in the indexes', async () => {
    const { cluster } = embedded;
    await cluster.create(resources.configMaps, colored('a', 'red'));
    const { informer, seen } = follow({ cluster });
    await informer.synced;
    expect(informer.by('color', 'red').map(({ metadata }) => metadata.name)).toEqual(['a']);
    await paint('a', 'blue');
    await cluster.create(resources.configMaps, colored('b', 'blue'));
    await cluster.delete(resources.configMaps, { name: 'b', namespace: 'default' });
    await eventually(() =>
      expect(seen).toEqual(['added a red', 'updated a blue', 'added b blue', 'deleted b blue']),
    );
    expect(informer.by('color', 'red')).toEqual([]);
    expect(informer.get({ name: 'a', namespace: 'default' })?.data).toEqual({ color: 'blue' });
    expect(informer.get({ name: 'a', namespace: 'default' })?.metadata.managedFields).toBeUndefined();
  });

  test('the answer to a write is seen at once, and the watch does not take it back', async () => {
    const { cluster } = embedded;
    await cluster.create(resources.configMaps, colored('own', 'red'));
    const { informer, seen } = follow({ cluster });
    await informer.synced;
    informer.observe(await paint('own', 'green'));
    expect(informer.get({ name: 'own', namespace: 'default' })?.data).toEqual({ color: 'green' });
    await cluster.create(resources.configMaps, colored('later', 'red'));
    await eventually(() => expect(seen).toContain('added later red'));
    expect(seen).toEqual(['added own red', 'updated own green', 'added later red']);
  });

  test('what was deleted does not come back with a late answer', async () => {
    const { cluster } = embedded;
    const made = await cluster.create(resources.configMaps, colored('gone', 'red'));
    const { informer, seen } = follow({ cluster });
    await informer.synced;
    await cluster.delete(resources.configMaps, { name: 'gone', namespace: 'default' });
    await eventually(() => expect(seen).toContain('deleted gone red'));
    informer.observe(made);
    expect(informer.size()).toBe(0);
  });

  test('nothing is missed while the server is away, whatever happened before it went', async () => {
    const { cluster, server } = embedded;
    await cluster.create(resources.configMaps, colored('stays', 'red'));
    const { informer, seen } = follow({ cluster });
    await informer.synced;
    await server.refuse();
    await server.listen();
    await paint('stays', 'blue');
    await eventually(() => expect(seen.at(-1)).toBe('updated stays blue'));
  });

  test('an expired version leads to a new list, and the difference comes out as changes', async () => {
    const { cluster, server } = embedded;
    await cluster.create(resources.configMaps, colored('kept', 'red'));
    await cluster.create(resources.configMaps, colored('dropped', 'red'));
    const { informer, seen } = follow({ cluster, random: () => 0.5 });
    await informer.synced;
    seen.length = 0;
    await server.refuse();
    await server.listen();
    // More changes than the server remembers, made while the informer waits for its next attempt.
    await cluster.delete(resources.configMaps, { name: 'dropped', namespace: 'default' });
    for (let count = 0; count < 40; count += 1) await paint('kept', `color-${count}`);
    await eventually(() => expect(seen).toEqual(['deleted dropped red', 'updated kept color-39']));
  });
});

describe('against a server that misbehaves', () => {
  let scripted: ScriptedServer;
  afterEach(() => scripted.close());

  const listOf = (version: string, items: ConfigMap[]) => ({ metadata: { resourceVersion: version }, items });
  const versioned = (object: ConfigMap, resourceVersion: string): ConfigMap => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion, uid: 'u' },
  });
  const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;

  test('a watch goes on from the last bookmark, and one that hears nothing is begun anew', async () => {
    scripted = await startScriptedServer((request, response) => {
      if (!request.url?.includes('watch=true')) return sendJson(response, 200, listOf('5', []));
      response.writeHead(200).write(line('BOOKMARK', { metadata: { resourceVersion: '9' } }));
    });
    const { informer } = follow({ cluster: scripted.cluster, idleTimeoutMs: 50 });
    await informer.synced;
    await eventually(() => expect(scripted.requests.length).toBeGreaterThan(2));
    const versions = scripted.requests.map(({ url }) =>
      new URL(url, 'https://x').searchParams.get('resourceVersion'),
    );
    expect(versions.slice(0, 3)).toEqual([null, '5', '9']);
  });

  test('a line that was cut in the middle is asked for again', async () => {
    const red = versioned(colored('a', 'red'), '6');
    scripted = await startScriptedServer((request, response, number) => {
      if (!request.url?.includes('watch=true')) return sendJson(response, 200, listOf('5', []));
      if (number === 2) response.writeHead(200).end(line('ADDED', red).slice(0, 30));
      else response.writeHead(200).write(line('ADDED', red));
    });
    const { seen } = follow({ cluster: scripted.cluster });
    await eventually(() => expect(seen).toEqual(['added a red']));
  });

  test('a watch that was cut is in contact again once the server takes it, though nothing happens in it', async () => {
    scripted = await startScriptedServer((request, response, number) => {
      if (!request.url?.includes('watch=true')) return sendJson(response, 200, listOf('5', []));
      response.writeHead(200).flushHeaders();
      if (number === 2) response.destroy();
    });
    const failures: unknown[] = [];
    const { informer } = follow({ cluster: scripted.cluster, onFailure: (error) => failures.push(error) });
    await eventually(() => expect(failures).toHaveLength(1));
    expect(informer.failure()).toBeDefined();
    await eventually(() => expect(informer.failure()).toBeUndefined());
    expect(scripted.requests).toHaveLength(3);
  });

  test('a list that fails is tried until it succeeds', async () => {
    scripted = await startScriptedServer((request, response, number) => {
      if (request.url?.includes('watch=true')) return void response.writeHead(200).flushHeaders();
      if (number <= 2) sendJson(response, 403, { kind: 'Status', reason: 'Forbidden', code: 403 });
      else sendJson(response, 200, listOf('5', [versioned(colored('a', 'red'), '4')]));
    });
    const failures: unknown[] = [];
    const { informer } = follow({ cluster: scripted.cluster, onFailure: (error) => failures.push(error) });
    await eventually(() => expect(failures).toHaveLength(1));
    expect(informer.failure()).toMatchObject({ httpStatus: 403 });
    await informer.synced;
    expect(informer.failure()).toBeUndefined();
    expect(failures).toHaveLength(2);
    expect(informer.size()).toBe(1);
    expect(informer.hasSynced()).toBe(true);
  });

  test('a server that ends every watch at once is not asked in a tight loop', async () => {
    scripted = await startScriptedServer((request, response) => {
      if (!request.url?.includes('watch=true')) return sendJson(response, 200, listOf('5', []));
      response.writeHead(200).end();
    });
    const { informer } = follow({ cluster: scripted.cluster, random: () => 1 });
    await informer.synced;
    await eventually(() => expect(scripted.requests).toHaveLength(2));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(scripted.requests).toHaveLength(2);
  });
});

test('the pause between attempts doubles from 0.8 s to 30 s, with jitter', () => {
  expect([1, 2, 3, 6, 7, 20].map((failures) => informerBackoff(failures, () => 1))).toEqual([
    800, 1_600, 3_200, 25_600, 30_000, 30_000,
  ]);
  expect(informerBackoff(1, () => 0)).toBe(400);
  ending = new AbortController();
});
