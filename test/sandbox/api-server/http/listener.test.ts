import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configMaps, type RunningServer, runServer } from '../running-server.ts';

describe('a site that fails', () => {
  let running: RunningServer;

  beforeAll(async () => {
    running = await runServer();
  });
  afterAll(() => running.close());

  test('refuses connections and cuts those that stand, until it listens again with all it had', async () => {
    const { send, server, watch } = running;
    await send('GET', configMaps);
    const lines = await watch(`${configMaps}?watch=1`);
    await server.refuse();
    await lines.ended;
    await expect(send('GET', configMaps)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.listen();
    expect((await send('GET', configMaps)).status).toBe(200);
  });

  test('takes connections and answers nothing while it hangs, then answers what still waits', async () => {
    const { send, server } = running;
    await send('GET', '/readyz');
    server.hang();
    await expect(send('GET', '/readyz', { timeoutMs: 200 })).rejects.toThrow('timed out');
    const waiting = send('GET', '/readyz');
    server.resume();
    expect((await waiting).body).toBe('ok');
  });

  test('does not do what it is asked while it hangs and the client gives up', async () => {
    const { send, server } = running;
    server.hang();
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'never' } };
    await expect(send('POST', configMaps, { body, timeoutMs: 200 })).rejects.toThrow('timed out');
    server.resume();
    expect((await send('GET', `${configMaps}/never`)).status).toBe(404);
  });

  test('sends no event of a watch while it hangs', async () => {
    const { send, server, watch } = running;
    const lines = await watch(
      `${configMaps}?watch=1&resourceVersion=${(await send('GET', configMaps)).body.metadata?.resourceVersion}`,
    );
    server.hang();
    let seen = false;
    const event = lines.next().then((line) => {
      seen = true;
      return line;
    });
    const created = send('POST', configMaps, {
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late' } },
    });
    await expect(send('GET', '/readyz', { timeoutMs: 100 })).rejects.toThrow('timed out');
    expect(seen).toBe(false);
    server.resume();
    await created;
    expect((await event).object?.metadata?.name).toBe('late');
  });
});

describe('a port that is in use', () => {
  test('is named', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    await expect(runServer({ port })).rejects.toMatchObject({
      code: 'PortInUse',
      message: `port ${port} on 127.0.0.1 is in use`,
    });
    other.close();
  });
});
