import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SiteCertificates } from '../../../sandbox/certificates.ts';
import type { FactSource } from '../../../webhook/fact-source.ts';
import { probeSelf } from '../../../webhook/server/probe-self.ts';
import { type ReviewServer, startReviewServer } from '../../../webhook/server/serve.ts';
import { appUnderTest } from './app-under-test.ts';
import { keptAlive, leafOf, makeCertificates, sendReview, shakeHands } from './tls-client.ts';

let first: SiteCertificates;
let second: SiteCertificates;
const open: ReviewServer[] = [];

beforeAll(async () => {
  [first, second] = await Promise.all([makeCertificates(), makeCertificates()]);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.drain({ delayMs: 0, graceMs: 0 })));
});

const start = async (
  script: Partial<FactSource> = {},
  more: { clientCa?: string; failures?: Error[]; port?: number } = {},
): Promise<ReviewServer> => {
  const server = await startReviewServer({
    listener: appUnderTest(script).app,
    address: { host: '127.0.0.1', port: more.port ?? 0 },
    clientCa: more.clientCa,
    onHandshakeFailure: (error) => void more.failures?.push(error),
  });
  open.push(server);
  return server;
};

const startWithLeaf = async (...parts: Parameters<typeof start>): Promise<ReviewServer> => {
  const server = await start(...parts);
  server.show(leafOf(first));
  return server;
};

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

describe('the handshake', () => {
  test('fails and is counted while there is no certificate, and works once there is one', async () => {
    const failures: Error[] = [];
    const server = await start({}, { failures });
    await expect(shakeHands(server.port, { ca: first.ca })).rejects.toThrow();
    expect(failures).toHaveLength(1);
    server.show(leafOf(first));
    (await shakeHands(server.port, { ca: first.ca })).destroy();
  });

  test('is TLS 1.3, also after the certificate was changed', async () => {
    const server = await startWithLeaf();
    for (const certificates of [first, second]) {
      server.show(leafOf(certificates));
      const { ca } = certificates;
      const socket = await shakeHands(server.port, { ca });
      expect(socket.getProtocol()).toBe('TLSv1.3');
      socket.destroy();
      await expect(shakeHands(server.port, { ca, maxVersion: 'TLSv1.2' })).rejects.toThrow(
        /protocol version/,
      );
    }
  });

  test.each(['before', 'after'])(
    'asks for a certificate of --client-ca-file, %s the leaf was changed',
    async (when) => {
      const server = await startWithLeaf({}, { clientCa: first.ca });
      if (when === 'after') server.show(leafOf(first));
      const ask = (cert: SiteCertificates | undefined) => {
        const agent = new Agent({
          ca: first.ca,
          ...(cert && { cert: cert.clientCert, key: cert.clientKey }),
        });
        return sendReview(agent, { port: server.port, uid: 'a' }).finally(() => agent.destroy());
      };
      await expect(ask(first)).resolves.toMatchObject({ status: 200 });
      await expect(ask(undefined)).rejects.toThrow();
      await expect(ask(second)).rejects.toThrow();
    },
  );

  test('goes on with the certificate shown before where another does not fit its key', async () => {
    const server = await startWithLeaf();
    expect(() => server.show({ cert: first.serverCert, key: second.serverKey })).toThrow();
    (await shakeHands(server.port, { ca: first.ca })).destroy();
  });

  test('a port that is taken is told at once', async () => {
    const { port } = await start();
    await expect(start({}, { port })).rejects.toMatchObject({ code: 'PortInUse' });
  });
});

describe('the self-probe', () => {
  const probe = (port: number, cert: string, host = '127.0.0.1') =>
    probeSelf({ address: { host, port }, expected: { cert }, timeoutMs: 2_000 });

  test('is well when the listener shows the certificate that it should, and is no failed handshake to it', async () => {
    const failures: Error[] = [];
    const server = await startWithLeaf({}, { failures });
    for (const host of ['127.0.0.1', '0.0.0.0', 'localhost']) {
      expect(await probe(server.port, first.serverCert, host)).toEqual({ ok: true });
    }
    await server.drain({ delayMs: 0, graceMs: 5_000 });
    expect(failures).toEqual([]);
  });

  test('is not when it shows another one, none, or does not listen', async () => {
    const { port } = await startWithLeaf();
    expect(await probe(port, second.serverCert)).toEqual({
      ok: false,
      why: expect.stringContaining('another certificate'),
    });
    const bare = await start();
    const nobody = { ok: false, why: expect.stringContaining('does not answer') };
    expect(await probe(bare.port, first.serverCert)).toEqual(nobody);
    await bare.drain({ delayMs: 0, graceMs: 0 });
    expect(await probe(bare.port, first.serverCert)).toEqual(nobody);
  });

  test('works where callers have to show certificates', async () => {
    const { port } = await startWithLeaf({}, { clientCa: second.ca });
    expect(await probe(port, first.serverCert)).toEqual({ ok: true });
  });
});

test('the certificate is changed under load without a failed handshake or review', async () => {
  const server = await startWithLeaf();
  const seen = new Set<string>();
  let isOver = false;
  let answered = 0;
  /** A new connection for every review, as the next API server makes one. */
  const work = async (worker: number): Promise<void> => {
    while (!isOver) {
      const agent = new Agent({ ca: [first.ca, second.ca], keepAlive: false });
      agent.on('keylog', (_line, socket) =>
        socket.once('secureConnect', () =>
          seen.add(new X509Certificate(socket.getPeerCertificate().raw).fingerprint256),
        ),
      );
      const { status } = await sendReview(agent, { port: server.port, uid: `w${worker}` });
      expect(status).toBe(200);
      answered += 1;
      agent.destroy();
    }
  };
  const kept = keptAlive([first.ca, second.ca]);
  const keepAsking = async (): Promise<void> => {
    while (!isOver) expect((await sendReview(kept, { port: server.port, uid: 'k' })).status).toBe(200);
  };
  const working = Promise.all([work(1), work(2), work(3), keepAsking()]);
  for (let swaps = 1; swaps <= 20; swaps += 1) {
    const until = answered + 3;
    server.show(leafOf(swaps % 2 === 0 ? first : second));
    while (answered < until) await Promise.race([working, new Promise(setImmediate)]);
  }
  isOver = true;
  await working;
  kept.destroy();
  expect(seen.size).toBe(2);
});

describe('draining', () => {
  test('pushes callers away, goes on serving, then closes', async () => {
    const server = await startWithLeaf();
    const agent = keptAlive(first.ca, 1);
    expect((await sendReview(agent, { port: server.port, uid: 'a' })).connection).toBe('keep-alive');
    const drained = server.drain({ delayMs: 300, graceMs: 5_000 });
    expect(server.isDraining()).toBe(true);
    const second = await sendReview(agent, { port: server.port, uid: 'b' });
    expect(second).toMatchObject({ status: 200, connection: 'close', reused: true });
    const third = await sendReview(agent, { port: server.port, uid: 'c' });
    expect(third).toMatchObject({ status: 200, connection: 'close', reused: false });
    await drained;
    await expect(sendReview(agent, { port: server.port, uid: 'd' })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    agent.destroy();
  });

  test('a review that is being judged is answered, with the word that its connection ends', async () => {
    const asked = Promise.withResolvers<void>();
    const facts = Promise.withResolvers<undefined>();
    const server = await startWithLeaf({
      guard: () => {
        asked.resolve();
        return facts.promise;
      },
    });
    const agent = keptAlive(first.ca);
    const answer = sendReview(agent, { port: server.port, uid: 'slow' });
    await asked.promise;
    const drained = server.drain({ delayMs: 0, graceMs: 10_000 });
    // Once a new connection is refused, the old one is still answered.
    while (await isListening(server.port)) await new Promise(setImmediate);
    facts.resolve(undefined);
    expect(await answer).toMatchObject({ uid: 'slow', status: 200, connection: 'close' });
    await drained;
    agent.destroy();
  });

  test('idle connections are closed, so that nothing waits for them', async () => {
    const server = await startWithLeaf();
    const agent = keptAlive(first.ca);
    await sendReview(agent, { port: server.port, uid: 'a' });
    // A day: it would not end while anything is waited for.
    await server.drain({ delayMs: 0, graceMs: 86_400_000 });
    agent.destroy();
  });

  test('what hangs is cut off when the grace is over', async () => {
    const asked = Promise.withResolvers<void>();
    const server = await startWithLeaf({
      guard: () => {
        asked.resolve();
        return new Promise(() => undefined);
      },
    });
    const agent = keptAlive(first.ca);
    const answer = sendReview(agent, { port: server.port, uid: 'hung' }).catch((error: unknown) => error);
    await asked.promise;
    await server.drain({ delayMs: 0, graceMs: 100 });
    expect(await answer).toBeInstanceOf(Error);
    agent.destroy();
  });

  test('a half-open handshake does not keep it from ending', async () => {
    const server = await startWithLeaf();
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    await server.drain({ delayMs: 0, graceMs: 300 });
    socket.destroy();
  });
});
