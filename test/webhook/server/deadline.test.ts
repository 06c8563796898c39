import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { budgetOf } from '../../../webhook/server/deadline.ts';
import { appUnderTest } from './app-under-test.ts';
import { review } from './reviews.ts';
import { hanging } from './scripted-facts.ts';

test.each([
  ['/validate/guard?timeout=3s', 2_500],
  ['/validate/guard?timeout=2s', 1_500],
  ['/validate/guard?timeout=1s', 500],
  ['/validate/guard?timeout=500ms', 250],
  ['/validate/guard?timeout=30s', 29_500],
  ['/validate/guard?timeout=1h', 29_500],
  ['/validate/guard', 9_500],
  ['/validate/guard?timeout=', 9_500],
  ['/validate/guard?timeout=soon', 9_500],
  ['/validate/guard?timeout=-1s', 9_500],
  ['/validate/guard?timeout=0', 9_500],
])('%s leaves %i ms', (url, budget) => {
  expect(budgetOf(url)).toBe(budget);
});

const short = '?timeout=600ms';

describe('facts that never come', () => {
  test('the guard says in time that it could not judge, and refuses', async () => {
    const { send, facts, metric } = appUnderTest({ guard: hanging });
    const { status, body } = await send(`/validate/guard${short}`, review());
    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      uid: 'review-1',
      allowed: false,
      status: {
        code: 500,
        message: expect.stringContaining('could not judge in time: no answer within 300 ms'),
      },
    });
    expect(facts.letIn).toEqual([]);
    expect(await metric('dr_webhook_deadline_exceeded_total{webhook="guard"}')).toBe(1);
    expect(await metric('dr_webhook_requests_in_flight')).toBe(0);
  });

  test.each(['/validate/advice', '/mutate/restore'])('%s lets it in, and says so', async (path) => {
    const { send } = appUnderTest({ advice: hanging, repair: hanging });
    const { body } = await send(`${path}${short}`, review());
    expect(body.response).toEqual({
      uid: 'review-1',
      allowed: true,
      warnings: [expect.stringContaining('in time')],
    });
  });

  test('whoever gathers is told that the time is up', async () => {
    const told = Promise.withResolvers<void>();
    const { send } = appUnderTest({
      guard: async (_request, signal) => {
        await once(signal, 'abort');
        told.resolve();
        throw signal.reason;
      },
    });
    const { body } = await send(`/validate/guard${short}`, review());
    expect(body.response.status.message).toContain('in time');
    await told.promise;
  });

  test('facts that come after the answer let nobody in', async () => {
    const late = Promise.withResolvers<undefined>();
    const { send, facts } = appUnderTest({ guard: () => late.promise });
    const { body } = await send(`/validate/guard${short}`, review());
    expect(body.response.allowed).toBe(false);
    late.resolve(undefined);
    await late.promise;
    await new Promise(setImmediate);
    expect(facts.letIn).toEqual([]);
  });
});

describe('over a connection', () => {
  const withServer = async (
    app: ReturnType<typeof appUnderTest>['app'],
    work: (port: number) => Promise<void>,
  ): Promise<void> => {
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await work((server.address() as AddressInfo).port);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };
  const headers = { 'Content-Type': 'application/json', 'Content-Length': 1_000 };
  const options = { host: '127.0.0.1', path: `/validate/guard${short}`, method: 'POST', headers };

  test('a body that does not arrive is 408', () =>
    withServer(appUnderTest().app, async (port) => {
      const sent = httpRequest({ ...options, port });
      sent.write('{');
      const [answer] = await once(sent, 'response');
      expect(answer.statusCode).toBe(408);
      expect(answer.headers.connection).toBe('close');
      sent.on('error', () => undefined);
      sent.destroy();
    }));

  test('a caller that goes away ends the gathering', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const { app } = appUnderTest({
      guard: (_request, signal) => {
        begun.resolve(signal);
        return hanging();
      },
    });
    await withServer(app, async (port) => {
      const body = JSON.stringify(review());
      const length = { ...headers, 'Content-Length': Buffer.byteLength(body) };
      const sent = httpRequest({ ...options, path: '/validate/guard?timeout=30s', headers: length, port });
      sent.on('error', () => undefined);
      sent.end(body);
      const signal = await begun.promise;
      sent.destroy();
      if (!signal.aborted) await once(signal, 'abort');
      expect(signal.aborted).toBe(true);
    });
  });
});
