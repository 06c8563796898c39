import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { appUnderTest } from './app-under-test.ts';
import { review } from './reviews.ts';

const paths = ['/validate/guard', '/validate/advice', '/mutate/restore'];
const mebibyte = 1024 * 1024;

/** A review whose body is exactly so long. */
const reviewOf = (bytes: number): string => {
  const empty = JSON.stringify(review({ padding: '' }));
  return JSON.stringify(review({ padding: 'x'.repeat(bytes - empty.length) }));
};

describe.each(paths)('%s', (path) => {
  const post = (type = 'application/json') =>
    request(appUnderTest().app).post(path).set('Content-Type', type);

  test('a review of 7 MiB is read', async () => {
    const { status, body } = await post().send(reviewOf(7 * mebibyte));
    expect(status).toBe(200);
    expect(body.response.uid).toBe('review-1');
  });

  test('one byte more is 413, and the connection ends', async () => {
    const answer = await post().send(reviewOf(7 * mebibyte + 1));
    expect(answer.status).toBe(413);
    expect(answer.headers['connection']).toBe('close');
  });

  test.each(['text/plain', 'application/yaml', 'application/jsonx', 'application/vnd.kubernetes.protobuf'])(
    '%s is 415',
    async (type) => {
      expect((await post(type).send('{}')).status).toBe(415);
    },
  );

  test('no content type is 415', async () => {
    expect((await post('').send(Buffer.from('{}'))).status).toBe(415);
  });

  test('JSON with a charset is read, and JSON in gzip is not', async () => {
    expect((await post('Application/JSON; charset=utf-8').send(JSON.stringify(review()))).status).toBe(200);
    const packed = await post().set('Content-Encoding', 'gzip').send(JSON.stringify(review()));
    expect(packed.status).toBe(415);
  });

  test.each(['get', 'put', 'delete', 'patch'] as const)('%s is 405', async (method) => {
    const answer = await request(appUnderTest().app)[method](path);
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('POST');
  });
});

describe('what is no review of admission.k8s.io/v1 is 400, with the uid where it has one', () => {
  test.each<[string, unknown, string | undefined]>([
    ['no object', [], undefined],
    ['null', null, undefined],
    ['a text', 'review', undefined],
    ['another kind', { ...review(), kind: 'Pod' }, 'review-1'],
    ['v1beta1', review({}, { apiVersion: 'admission.k8s.io/v1beta1' }), 'review-1'],
    ['no request', { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' }, undefined],
    ['a request that is a list', review({}, { request: [] }), undefined],
    ['no uid', review({ uid: undefined }), undefined],
    ['an empty uid', review({ uid: '' }), undefined],
    ['a uid that is a number', review({ uid: 7 }), undefined],
    ['an operation nobody knows', review({ operation: 'PATCH' }), 'review-1'],
    ['no resource', review({ resource: null }), 'review-1'],
    ['no kind', review({ kind: 'VolumeReplication' }), 'review-1'],
  ])('%s', async (_what, body, uid) => {
    const { send, metric, facts } = appUnderTest();
    const answer = await send('/validate/guard', body);
    expect(answer.status).toBe(400);
    if (uid === undefined) expect(answer.text).not.toBe('');
    else expect(answer.body.response).toMatchObject({ uid, allowed: false, status: { code: 400 } });
    expect(await metric('dr_webhook_rejected_requests_total{status="400"}')).toBe(1);
    expect(facts.asked).toEqual([]);
  });

  test.each([
    ['broken JSON', Buffer.from('{"kind":')],
    ['nothing', Buffer.alloc(0)],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ])('%s', async (_what, bytes) => {
    const { app } = appUnderTest();
    const answer = await request(app)
      .post('/validate/guard')
      .set('Content-Type', 'application/json')
      .serialize((body) => body)
      .send(bytes);
    expect(answer.status).toBe(400);
  });
});

describe('a review about an object that is none', () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['an update without an object', { object: null }],
    ['an update without the old object', { oldObject: undefined }],
    ['a deletion without the old object', { operation: 'DELETE', object: null, oldObject: null }],
    ['a creation without an object', { operation: 'CREATE', object: null, oldObject: null }],
    ['an object that is a list', { object: [] }],
    ['an object without metadata', { object: { spec: {} } }],
    ['metadata that is a text', { object: { metadata: 'x' } }],
    ['annotations that are numbers', { object: { metadata: { annotations: { a: 1 } } } }],
    ['finalizers that are a text', { object: { metadata: { finalizers: 'x' } } }],
    ['a name that is a number', { oldObject: { metadata: { name: 1 } } }],
  ])('%s: 422 by the guard, let in by the others', async (_what, draft) => {
    const { send, facts } = appUnderTest();
    const guarded = await send('/validate/guard', review(draft));
    expect(guarded.status).toBe(200);
    expect(guarded.body.response).toMatchObject({ uid: 'review-1', allowed: false, status: { code: 422 } });
    for (const path of ['/validate/advice', '/mutate/restore']) {
      const { body } = await send(path, review(draft));
      expect(body.response).toEqual({ uid: 'review-1', allowed: true });
    }
    expect(facts.asked).toEqual([]);
  });
});

test('what the request says arrives where it is judged', async () => {
  const { send, facts } = appUnderTest();
  await send(
    '/validate/guard',
    review({ operation: 'CREATE', oldObject: null, subResource: 'status', dryRun: true }),
  );
  expect(facts.asked).toEqual([
    {
      uid: 'review-1',
      operation: 'CREATE',
      resource: {
        group: 'replication.storage.openshift.io',
        version: 'v1alpha1',
        resource: 'volumereplications',
      },
      subResource: 'status',
      kind: { group: 'replication.storage.openshift.io', version: 'v1alpha1', kind: 'VolumeReplication' },
      name: 'db',
      namespace: 'shop',
      user: { username: 'alice', uid: 'u1', groups: ['admins'], extra: { scopes: ['all'] } },
      dryRun: true,
      object: expect.objectContaining({ kind: 'VolumeReplication' }),
      oldObject: undefined,
    },
  ]);
});

test('a path that is none is 404', async () => {
  expect((await request(appUnderTest().app).post('/validate/everything')).status).toBe(404);
});

describe('probes', () => {
  const failing = async () => [
    { name: 'certificate', result: { ok: true } as const },
    { name: 'caches', result: { ok: false, why: 'pods are not listed yet' } as const },
  ];
  test('/healthz is well while the process answers', async () => {
    expect((await request(appUnderTest({}, failing).app).get('/healthz')).status).toBe(200);
  });

  test('/readyz names what is missing, also to those who do not ask for it', async () => {
    const answer = await request(appUnderTest({}, failing).app).get('/readyz');
    expect(answer.status).toBe(503);
    expect(answer.text).toBe(
      '[+]certificate ok\n[-]caches failed: pods are not listed yet\nreadyz check failed\n',
    );
  });

  test('/readyz is short when all is well, and tells each check to ?verbose', async () => {
    const { app } = appUnderTest({}, async () => [{ name: 'caches', result: { ok: true } }]);
    expect((await request(app).get('/readyz')).text).toBe('ok\n');
    expect((await request(app).get('/readyz?verbose')).text).toBe('[+]caches ok\nreadyz check passed\n');
  });
});
