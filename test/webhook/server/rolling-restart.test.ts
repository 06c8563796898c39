import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { type ReviewServer, startReviewServer } from '../../../webhook/server/serve.ts';
import { appUnderTest } from './app-under-test.ts';
import { keptAlive, leafOf, makeCertificates, sendReview } from './tls-client.ts';

/** Leads each new connection to a server that does not drain, as a Service does; connections that are there stay where they are. */
const startService = async (backends: () => readonly ReviewServer[]) => {
  let turn = 0;
  const service = createServer((socket) => {
    const ready = backends().filter((server) => !server.isDraining());
    const chosen = ready[turn++ % ready.length];
    if (chosen === undefined) {
      socket.destroy();
      return;
    }
    const onward = connect(chosen.port, '127.0.0.1');
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  return { port: (service.address() as AddressInfo).port, close: () => service.close() };
};

test('kept-alive callers lose no review while each replica is replaced', async () => {
  const certificates = await makeCertificates();
  const startReplica = async (): Promise<ReviewServer> => {
    // Some reviews take a while, as those that look at the other site do.
    const { app } = appUnderTest({
      guard: async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
        return undefined;
      },
    });
    const server = await startReviewServer({
      listener: app,
      address: { host: '127.0.0.1', port: 0 },
      onHandshakeFailure: () => undefined,
    });
    server.show(leafOf(certificates));
    return server;
  };
  let replicas = [await startReplica(), await startReplica()];
  const service = await startService(() => replicas);
  const failed: unknown[] = [];
  let answered = 0;
  let isOver = false;
  const work = async (worker: number): Promise<void> => {
    const agent = keptAlive(certificates.ca, 1);
    for (let count = 0; !isOver; count += 1) {
      const uid = `${worker}-${count}`;
      const seen = await sendReview(agent, { port: service.port, uid }).catch((error: unknown) => {
        failed.push(error);
      });
      if (seen !== undefined) expect(seen).toMatchObject({ uid, status: 200 });
      answered += 1;
    }
    agent.destroy();
  };
  const working = Promise.all(Array.from({ length: 8 }, (_, worker) => work(worker)));
  for (let round = 0; round < 4; round += 1) {
    const [old, ...others] = replicas as [ReviewServer, ...ReviewServer[]];
    const fresh = await startReplica();
    replicas = [...others, fresh];
    const enough = answered + 25;
    while (answered < enough) await new Promise(setImmediate);
    await old.drain({ delayMs: 2_000, graceMs: 60_000 });
  }
  isOver = true;
  await working;
  await Promise.all(replicas.map((server) => server.drain({ delayMs: 0, graceMs: 0 })));
  service.close();
  expect(failed).toEqual([]);
});
