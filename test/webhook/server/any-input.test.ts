import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DrError } from '../../../core/model/error.ts';
import { guardExamples } from '../../../core/rules/guard/examples.ts';
import { appUnderTest } from './app-under-test.ts';
import { replication, review } from './reviews.ts';

const paths = ['/validate/guard', '/validate/advice', '/mutate/restore'] as const;
const uid = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });

/** Facts that come, do not come, or break, by the uid's length: whatever happens, one review is answered. */
const { app } = appUnderTest({
  guard: async (request) => {
    if (request.uid.length % 4 === 1) throw new Error('boom');
    if (request.uid.length % 4 === 2) throw new DrError({ code: 'ObjectUnreadable', message: 'no' });
    return request.uid.length % 4 === 3 ? guardExamples.DR107 : undefined;
  },
});
const server = createServer(app);
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

type Answer = { status: number; text: string };

const post = (path: string, body: Buffer | string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const sent = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on('error', reject);
    sent.setTimeout(5_000, () => sent.destroy(new Error('it hangs')));
    sent.end(body);
  });

test('any bytes are answered, and are no review', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.uint8Array({ maxLength: 500 }), async (path, bytes) => {
      expect((await post(path, Buffer.from(bytes))).status).toBe(400);
    }),
  );
});

test('any JSON is answered, and is no review', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.json(), async (path, text) => {
      expect((await post(path, text)).status).toBe(400);
    }),
  );
});

/** A review in which some fields are anything at all, fields with a meaning more often than not. */
const anyReview = fc
  .record(
    {
      kind: fc.jsonValue(),
      resource: fc.jsonValue(),
      name: fc.jsonValue(),
      namespace: fc.jsonValue(),
      operation: fc.oneof(fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'CONNECT'), fc.jsonValue()),
      userInfo: fc.oneof(fc.record({ groups: fc.jsonValue(), extra: fc.jsonValue() }), fc.jsonValue()),
      dryRun: fc.jsonValue(),
      object: fc.oneof(
        fc.record({ metadata: fc.object(), spec: fc.jsonValue() }),
        fc.constant(replication()),
        fc.jsonValue(),
      ),
      oldObject: fc.oneof(
        fc.record({ metadata: fc.jsonValue(), spec: fc.jsonValue() }),
        fc.constant(replication()),
        fc.jsonValue(),
      ),
      subResource: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .chain((draft) => uid.map((id): [string, object] => [id, review({ ...draft, uid: id })]));

test('any request with a uid is answered with that uid, by the codes that there are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), anyReview, async (path, [id, body]) => {
      const { status, text } = await post(path, JSON.stringify(body));
      expect([200, 400]).toContain(status);
      const { response, kind, apiVersion } = JSON.parse(text);
      expect({ kind, apiVersion }).toEqual({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' });
      expect(response.uid).toBe(id);
      if (response.allowed === false) expect([400, 403, 422, 500]).toContain(response.status.code);
      if (status === 200 && path !== '/validate/guard') expect(response.allowed).toBe(true);
    }),
  );
});

test.each([
  ['lists in lists', (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`],
  ['objects in objects', (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`],
])('%s a hundred thousand deep, in both specs, do not bring it down', async (_what, nest) => {
  const deep = nest(100_000);
  const text = JSON.stringify(
    review({
      object: { metadata: {}, spec: 'DEEP' },
      oldObject: { metadata: {}, spec: 'DEEP' },
    }),
  ).replaceAll('"DEEP"', deep);
  const { status, text: answer } = await post('/validate/guard', text);
  expect(status).toBe(200);
  expect(JSON.parse(answer).response.uid).toBe('review-1');
  expect((await post('/validate/guard', JSON.stringify(review()))).status).toBe(200);
});

test('fields named as those of every object in JavaScript are nothing special', async () => {
  const text = JSON.stringify(review()).replace(
    '"spec":{',
    '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"spec":{',
  );
  const { status } = await post('/validate/guard', text);
  expect(status).toBe(200);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
