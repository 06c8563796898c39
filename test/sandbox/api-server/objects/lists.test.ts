import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  configMap,
  configMaps,
  installCrds,
  type Json,
  type RunningServer,
  replications,
  runServer,
  type Send,
} from '../running-server.ts';

let running: RunningServer;
let send: Send;

beforeAll(async () => {
  running = await runServer({ historyWindow: 20 });
  send = running.send;
  await installCrds(send);
  for (const name of ['a', 'b', 'c', 'd', 'e']) await send('POST', configMaps, { body: configMap(name) });
});
afterAll(() => running.close());

const names = (list: Json): string[] => list.items.map((item: Json) => item.metadata.name);
const data = (list: Json): string[] => list.items.map((item: Json) => item.data.a);

describe('a list in pages', () => {
  test('is the list of its first page, whatever happens meanwhile', async () => {
    const { body: first } = await send('GET', `${configMaps}?limit=2`);
    expect(names(first)).toEqual(['a', 'b']);
    expect(first.metadata.remainingItemCount).toBe(3);
    await send('PATCH', `${configMaps}/c`, { body: { data: { a: 'changed' } } });
    await send('DELETE', `${configMaps}/d`);
    await send('POST', configMaps, { body: configMap('bb') });
    const { body: second } = await send('GET', `${configMaps}?limit=5&continue=${first.metadata.continue}`);
    expect(names(second)).toEqual(['c', 'd', 'e']);
    expect(data(second)).toEqual(['1', '1', '1']);
    expect(second.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
  });

  test('tells how many remain only without a selector', async () => {
    const { body } = await send('GET', `${configMaps}?limit=1&fieldSelector=metadata.name!=x`);
    expect(body.metadata.continue).toBeDefined();
    expect(body.metadata).not.toHaveProperty('remainingItemCount');
  });

  test('that waited too long is over, and can be continued with what is there now', async () => {
    const { body: first } = await send('GET', `${configMaps}?limit=2`);
    for (let round = 0; round < 60; round++)
      await send('PATCH', `${configMaps}/a`, { body: { data: { a: String(round) } } });
    const { status, body: over } = await send(
      'GET',
      `${configMaps}?limit=2&continue=${first.metadata.continue}`,
    );
    expect([status, over.reason]).toEqual([410, 'Expired']);
    const { body: rest } = await send('GET', `${configMaps}?continue=${over.metadata.continue}`);
    expect(names(rest)).toEqual(['bb', 'c', 'e'].filter((name) => !names(first).includes(name)));
  });

  test('refuses a token that is none', async () => {
    const { status, body } = await send('GET', `${configMaps}?continue=xyz`);
    expect([status, body.reason]).toEqual([400, 'BadRequest']);
  });
});

describe('a list at a resourceVersion', () => {
  test('is exactly that one where asked', async () => {
    const { body: then } = await send('GET', configMaps);
    await send('PATCH', `${configMaps}/e`, { body: { data: { a: 'later' } } });
    const query = `resourceVersion=${then.metadata.resourceVersion}&resourceVersionMatch=Exact`;
    const { body } = await send('GET', `${configMaps}?${query}`);
    expect(data(body)).toEqual(data(then));
    expect((await send('GET', `${configMaps}?resourceVersion=1&resourceVersionMatch=Exact`)).status).toBe(
      410,
    );
  });

  test('of the future is refused, with a time to come back', async () => {
    const { status, headers, body } = await send('GET', `${configMaps}?resourceVersion=99999999`);
    expect(status).toBe(504);
    expect(headers['retry-after']).toBe('1');
    expect(body.details.causes[0].reason).toBe('ResourceVersionTooLarge');
  });
});

describe('the shape of an answer', () => {
  const asked = (kind: string) => ({ headers: { accept: `application/json;as=${kind};g=meta.k8s.io;v=v1` } });

  test('has kind and apiVersion in the items of custom lists only', async () => {
    const { body } = await send('GET', configMaps);
    expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
    expect(body.items[0]).not.toHaveProperty('kind');
    expect(body.items[0]).not.toHaveProperty('apiVersion');
    const { body: crds } = await send('GET', replications);
    expect(crds).toMatchObject({ kind: 'VolumeReplicationList', items: [], metadata: { continue: '' } });
  });

  test('is the metadata alone for those who watch many kinds', async () => {
    const { body: list } = await send('GET', configMaps, asked('PartialObjectMetadataList'));
    expect(list.kind).toBe('PartialObjectMetadataList');
    expect(Object.keys(list.items[0])).toEqual(['kind', 'apiVersion', 'metadata']);
    const { body: one } = await send('GET', `${configMaps}/a`, asked('PartialObjectMetadata'));
    expect(one.kind).toBe('PartialObjectMetadata');
  });

  test.each([
    ['None', undefined],
    ['Metadata', 'PartialObjectMetadata'],
    ['Object', 'ConfigMap'],
  ])('is a table with rows that hold, for includeObject=%s, the kind %s', async (include, kind) => {
    const { body } = await send('GET', `${configMaps}/a?includeObject=${include}`, asked('Table'));
    expect(body).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['a', 1, expect.stringMatching(/^\d+s$/)] }],
    });
    expect(body.rows[0].object?.kind).toBe(kind);
  });

  test('is refused to clients that take no JSON', async () => {
    const { status, body } = await send('GET', configMaps, { headers: { accept: 'text/html' } });
    expect(status).toBe(406);
    expect(body.message).toContain('application/json');
  });
});
