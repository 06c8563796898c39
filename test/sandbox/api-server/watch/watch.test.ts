import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  configMap,
  configMaps,
  installCrds,
  type Json,
  type RunningServer,
  replication,
  replications,
  runServer,
  type Send,
} from '../running-server.ts';

let running: RunningServer;
let send: Send;

beforeAll(async () => {
  running = await runServer({ historyWindow: 10 });
  send = running.send;
  await installCrds(send);
});
afterAll(() => running.close());

const create = (name: string, metadata: object = {}) =>
  send('POST', configMaps, { body: configMap(name, metadata) });
const change = (name: string, body: object) => send('PATCH', `${configMaps}/${name}`, { body });
const revision = async (): Promise<string> => (await send('GET', configMaps)).body.metadata.resourceVersion;
const said = ({ type, object }: Json): string => `${type} ${object.metadata?.name ?? object.reason}`;

describe('a watch', () => {
  test('from a revision of the past tells all that happened since, in order, and goes on', async () => {
    const from = await revision();
    await create('past');
    await change('past', { data: { a: '2' } });
    const lines = await running.watch(`${configMaps}?watch=1&resourceVersion=${from}`);
    await send('DELETE', `${configMaps}/past`);
    const told = [await lines.next(), await lines.next(), await lines.next()];
    expect(told.map(said)).toEqual(['ADDED past', 'MODIFIED past', 'DELETED past']);
    const revisions = told.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual([...revisions].sort((one, other) => one - other));
  });

  test('of one namespace hears nothing of the others', async () => {
    await send('POST', '/api/v1/namespaces', {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default-2' } },
    });
    const lines = await running.watch(`${configMaps}?watch=1&resourceVersion=${await revision()}`);
    await send('POST', '/api/v1/namespaces/default-2/configmaps', { body: configMap('elsewhere') });
    await create('here');
    expect(said(await lines.next())).toBe('ADDED here');
  });

  test('with a selector sees an object enter and leave', async () => {
    const lines = await running.watch(
      `${configMaps}?watch=1&labelSelector=seen=yes&resourceVersion=${await revision()}`,
    );
    await create('moving');
    await change('moving', { metadata: { labels: { seen: 'yes' } } });
    await change('moving', { data: { a: '2' } });
    const { body: left } = await change('moving', { metadata: { labels: { seen: 'no' } } });
    const told = [await lines.next(), await lines.next(), await lines.next()];
    expect(told.map(said)).toEqual(['ADDED moving', 'MODIFIED moving', 'DELETED moving']);
    expect(told[2].object.metadata).toMatchObject({
      labels: { seen: 'yes' },
      resourceVersion: left.metadata.resourceVersion,
    });
  });

  test('from before the history is told to list again', async () => {
    await create('busy');
    for (let round = 0; round < 30; round++) await change('busy', { data: { a: `x${round}` } });
    const lines = await running.watch(`${configMaps}?watch=1&resourceVersion=2`);
    const event = await lines.next();
    expect(event).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    expect(event.object.message).toMatch(/^too old resource version: 2 \(\d+\)$/);
    await lines.ended;
  });

  test('of one object by its path tells of that object alone', async () => {
    await create('one');
    const lines = await running.watch(`${configMaps}/one?watch=1&resourceVersion=${await revision()}`);
    await create('two');
    await change('one', { data: { a: '2' } });
    expect(said(await lines.next())).toBe('MODIFIED one');
  });

  test('ends in time, with a last bookmark where they are allowed', async () => {
    const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=${await revision()}`;
    const lines = await running.watch(`${configMaps}?${query}`);
    expect((await lines.next()).type).toBe('BOOKMARK');
    await lines.ended;
  });

  test('as a table has the headings once', async () => {
    const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1';
    const query = `watch=1&fieldSelector=metadata.name=rows&resourceVersion=${await revision()}`;
    const lines = await running.watch(`${configMaps}?${query}`, { accept });
    await create('rows');
    await change('rows', { data: { a: '1', b: '2' } });
    const [first, second] = [await lines.next(), await lines.next()];
    expect(first.object.columnDefinitions.map(({ name }: Json) => name)).toEqual(['Name', 'Data', 'Age']);
    expect(second.object.columnDefinitions).toBeNull();
    expect(second.object.rows[0].cells[1]).toBe(2);
  });

  test.each([
    ['sendInitialEvents=true', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    [
      'resourceVersionMatch=NotOlderThan',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
  ])('with %s alone is refused', async (query, why) => {
    const { status, body } = await send('GET', `${configMaps}?watch=1&${query}`);
    expect(status).toBe(422);
    expect(body.message).toContain(why);
  });

  test('ends when the definition of its kind is deleted, and the kind with all objects is gone', async () => {
    await send('POST', replications, { body: replication('held', { finalizers: ['x.example.com/y'] }) });
    await send('POST', replications, { body: replication('free') });
    const lines = await running.watch(`${replications}?watch=1&resourceVersion=${await revision()}`);
    const definition =
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/volumereplications.replication.storage.openshift.io';
    await send('DELETE', definition);
    expect([said(await lines.next()), said(await lines.next())].sort()).toEqual([
      'DELETED free',
      'MODIFIED held',
    ]);
    const refused = await send('POST', replications, { body: replication('late') });
    expect(refused.body.message).toBe('create not allowed while custom resource definition is terminating');
    await send('PATCH', `${replications}/held`, { body: { metadata: { finalizers: null } } });
    expect(said(await lines.next())).toBe('DELETED held');
    await lines.ended;
    expect((await send('GET', definition)).status).toBe(404);
    expect((await send('GET', replications)).body).toBe('404 page not found\n');
  });
});
