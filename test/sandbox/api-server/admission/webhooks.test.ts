import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../core/model/kubernetes-object.ts';
import { resources } from '../../../../core/model/resource.ts';
import type { Webhook, WebhookConfiguration } from '../../../../sandbox/api-server/admission/webhook.ts';
import { createWebhookAdmission } from '../../../../sandbox/api-server/admission/webhooks.ts';
import { Failure } from '../../../../sandbox/api-server/http/failure.ts';
import type { Kind } from '../../../../sandbox/api-server/kind.ts';
import type { AdmissionAttributes } from '../../../../sandbox/api-server/objects/admission-control.ts';
import { type Behaviour, startWebhook, type WebhookServer } from './webhook-server.ts';

const volumeReplications = { resource: resources.volumeReplications, custom: true } as unknown as Kind;
const volumes = { resource: resources.persistentVolumes, custom: false } as unknown as Kind;

const vr = (spec: object = { replicationState: 'primary' }, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { name: 'v', namespace: 'rec', ...metadata },
  spec,
});

let server: WebhookServer;
let warnings: string[];

beforeAll(async () => {
  server = await startWebhook();
});
afterAll(() => server.close());
beforeEach(() => {
  warnings = [];
});

const attributes = (changes: Partial<AdmissionAttributes> = {}): AdmissionAttributes => ({
  operation: 'CREATE',
  kind: volumeReplications,
  subresource: undefined,
  namespace: 'rec',
  name: 'v',
  object: vr(),
  oldObject: undefined,
  caller: { name: 'admin', groups: ['system:masters', 'system:authenticated'] },
  dryRun: false,
  options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  warn: (text) => warnings.push(text),
  ...changes,
});

const everyChange = {
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  apiGroups: ['replication.storage.openshift.io'],
  apiVersions: ['v1alpha1'],
  resources: ['volumereplications'],
  scope: '*',
};

const webhook = (changes: Partial<Webhook> = {}): Webhook => ({
  name: 'guard.kubectl-dr.dev',
  clientConfig: { url: server.url, caBundle: server.caBundle },
  rules: [everyChange],
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  sideEffects: 'None',
  timeoutSeconds: 1,
  ...changes,
});

const configuration = (webhooks: Webhook[], name = 'rec'): WebhookConfiguration => ({
  metadata: { name },
  webhooks,
});

type Hooks = { validating?: WebhookConfiguration[]; mutating?: WebhookConfiguration[] };

const admission = ({ validating = [], mutating = [] }: Hooks) =>
  createWebhookAdmission({
    configurations: (kind) => (kind === 'mutating' ? mutating : validating),
    namespaceLabels: (name) => (name === 'rec' ? { 'kubernetes.io/metadata.name': 'rec' } : undefined),
    resolveService: ({ name }) => (name === 'guard' ? { host: '127.0.0.1', port: server.port } : undefined),
  });

const bodyOf = (thrown: unknown): unknown => {
  if (thrown instanceof Failure) return thrown.body;
  throw thrown;
};

/** The Status that a review ends with; undefined where it passes. */
const validated = async (
  behaviour: Behaviour,
  changes: Partial<Webhook> = {},
  review: Partial<AdmissionAttributes> = {},
): Promise<unknown> => {
  server.behave(behaviour);
  const reviews = admission({ validating: [configuration([webhook(changes)])] });
  try {
    await reviews.validate(attributes(review));
    return undefined;
  } catch (thrown) {
    return bodyOf(thrown);
  } finally {
    reviews.close();
  }
};

const internal = (message: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: `Internal error occurred: ${message}`,
  reason: 'InternalError',
  details: { causes: [{ message }] },
  code: 500,
});

const denied = (rest: object) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  ...rest,
});

const failed = 'failed calling webhook "guard.kubectl-dr.dev": ';
const deniedBy = 'admission webhook "guard.kubectl-dr.dev" denied the request';
const typeStruct = `struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;

type Case = { title: string; behaviour: Behaviour; expected: () => unknown };

// Answers recorded from kube-apiserver 1.36.
describe('what a validating webhook answers', () => {
  const cases: Case[] = [
    {
      title: 'a denial with code and message',
      behaviour: () => ({ allowed: false, status: { code: 403, message: 'DR001: no.' } }),
      expected: () => denied({ message: `${deniedBy}: DR001: no.`, code: 403 }),
    },
    {
      title: 'a denial without a word',
      behaviour: () => ({ allowed: false }),
      expected: () => denied({ message: `${deniedBy} without explanation`, code: 400 }),
    },
    {
      title: 'a denial with a reason of its own',
      behaviour: () => ({ allowed: false, status: { code: 422, reason: 'Invalid', message: 'bad' } }),
      expected: () => denied({ message: `${deniedBy}: bad`, reason: 'Invalid', code: 422 }),
    },
    {
      title: 'nothing in time',
      behaviour: () => 'never',
      expected: () =>
        internal(
          `${failed}failed to call webhook: Post "${server.url}?timeout=1s": context deadline exceeded`,
        ),
    },
    {
      title: 'a failure of its own',
      behaviour: () => ({ status: 500, text: 'boom\n' }),
      expected: () =>
        internal(
          `${failed}failed to call webhook: an error on the server ("boom") has prevented the request from succeeding`,
        ),
    },
    {
      title: 'JSON that is no review',
      behaviour: () => ({ status: 200, text: '"junk"' }),
      expected: () =>
        internal(
          `${failed}failed to call webhook: couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type ${typeStruct}`,
        ),
    },
    {
      title: 'a patch, which only mutating ones may send',
      behaviour: () => ({ allowed: true, patch: 'W10=', patchType: 'JSONPatch' }),
      expected: () =>
        internal(
          `${failed}received invalid webhook response: validating webhook may not return response.patch`,
        ),
    },
    { title: 'that all is well', behaviour: () => ({ allowed: true }), expected: () => undefined },
  ];
  it.each(cases)('$title', async ({ behaviour, expected }) => {
    expect(await validated(behaviour)).toEqual(expected());
  });

  it('the uid of another request', async () => {
    const answer = await validated(() => ({ uid: 'wrong', allowed: true }));
    const { uid } = server.reviews[0]!.body.request;
    expect(answer).toEqual(
      internal(`${failed}received invalid webhook response: expected response.uid="${uid}", got "wrong"`),
    );
  });

  it('warnings, which reach the client whether it passes or not', async () => {
    await validated(() => ({ allowed: true, warnings: ['DRW101: be careful', 'second'] }));
    expect(warnings).toEqual(['DRW101: be careful', 'second']);
  });
});

describe('webhooks that cannot be asked', () => {
  it('refuse the request when their server has no certificate to show yet', async () => {
    const bare = createServer();
    const port = await new Promise<number>((resolve) => {
      bare.listen(0, '127.0.0.1', () => resolve((bare.address() as AddressInfo).port));
    });
    const clientConfig = { url: `https://127.0.0.1:${port}/validating`, caBundle: server.caBundle };
    expect(await validated(() => ({}), { clientConfig })).toEqual(
      internal(
        `${failed}failed to call webhook: Post "https://127.0.0.1:${port}/validating?timeout=1s": remote error: tls: handshake failure`,
      ),
    );
    bare.close();
  });

  it('refuse the request when nobody listens', async () => {
    const clientConfig = { url: 'https://127.0.0.1:1/validating', caBundle: server.caBundle };
    expect(await validated(() => ({}), { clientConfig })).toEqual(
      internal(
        `${failed}failed to call webhook: Post "https://127.0.0.1:1/validating?timeout=1s": dial tcp 127.0.0.1:1: connect: connection refused`,
      ),
    );
  });

  it('refuse the request when their certificate is not trusted', async () => {
    const other = await startWebhook();
    const clientConfig = { url: server.url, caBundle: other.caBundle };
    await other.close();
    expect(await validated(() => ({ allowed: true }), { clientConfig })).toEqual(
      internal(
        `${failed}failed to call webhook: Post "${server.url}?timeout=1s": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      ),
    );
  });

  it.each<[string, Behaviour]>([
    ['too slow', () => 'never'],
    ['broken', () => ({ status: 500, text: 'boom' })],
  ])('let it pass under failurePolicy Ignore: %s', async (_, behaviour) => {
    expect(await validated(behaviour, { failurePolicy: 'Ignore' })).toBeUndefined();
  });

  it('still deny under failurePolicy Ignore', async () => {
    const answer = await validated(() => ({ allowed: false }), { failurePolicy: 'Ignore' });
    expect(answer).toMatchObject({ code: 400 });
  });

  it('refuse a dry run when they have side effects', async () => {
    expect(
      await validated(() => ({ allowed: true }), { sideEffects: 'Some' }, { dryRun: true }),
    ).toMatchObject({
      message: 'admission webhook "guard.kubectl-dr.dev" does not support dry run',
      code: 400,
    });
  });
});

describe('the review that a webhook gets', () => {
  it('has the recorded shape and headers', async () => {
    await validated(() => ({ allowed: true }), {}, { dryRun: true });
    const kind = {
      group: 'replication.storage.openshift.io',
      version: 'v1alpha1',
      kind: 'VolumeReplication',
    };
    const { kind: _, ...group } = kind;
    const resource = { ...group, resource: 'volumereplications' };
    expect(server.reviews).toEqual([
      {
        path: '/validating?timeout=1s',
        headers: expect.objectContaining({
          'content-type': 'application/json',
          accept: 'application/json, */*',
          'user-agent': 'kube-apiserver-admission',
        }),
        body: {
          kind: 'AdmissionReview',
          apiVersion: 'admission.k8s.io/v1',
          request: {
            uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
            kind,
            resource,
            requestKind: kind,
            requestResource: resource,
            name: 'v',
            namespace: 'rec',
            operation: 'CREATE',
            userInfo: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
            object: vr(),
            oldObject: null,
            dryRun: true,
            options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
          },
        },
      },
    ]);
  });

  it('travels on one connection as long as that is open', async () => {
    server.behave(() => ({ allowed: true }));
    const reviews = admission({ validating: [configuration([webhook()])] });
    const before = server.connections();
    for (let index = 0; index < 5; index++) await reviews.validate(attributes());
    reviews.close();
    expect(server.connections() - before).toBe(1);
  });

  it('goes to a service by its resolved address and its own name', async () => {
    const clientConfig = {
      service: { namespace: 'dr', name: 'guard', path: '/validating' },
      caBundle: server.caBundle,
    };
    expect(await validated(() => ({ allowed: true }), { clientConfig })).toBeUndefined();
    expect(server.reviews[0]?.headers['host']).toBe('guard.dr.svc');
  });
});

type Selection = {
  title: string;
  changes: Partial<Webhook>;
  review?: Partial<AdmissionAttributes>;
  asked: boolean;
};

describe('which requests are reviewed', () => {
  const specChanged = [{ name: 'spec', expression: 'oldObject == null || object.spec != oldObject.spec' }];
  const update = (object: KubernetesObject) => ({ operation: 'UPDATE' as const, object, oldObject: vr() });
  const rule = (changes: object) => ({ rules: [{ ...everyChange, ...changes }] });
  const cases: Selection[] = [
    { title: 'an operation of the rule', changes: {}, asked: true },
    { title: 'no other operation', changes: rule({ operations: ['DELETE'] }), asked: false },
    { title: 'every operation under *', changes: rule({ operations: ['*'] }), asked: true },
    { title: 'no subresource unless named', changes: {}, review: { subresource: 'status' }, asked: false },
    {
      title: 'a subresource that is named',
      changes: rule({ resources: ['volumereplications/status'] }),
      review: { subresource: 'status' },
      asked: true,
    },
    {
      title: 'every subresource under */*',
      changes: rule({ resources: ['*/*'] }),
      review: { subresource: 'status' },
      asked: true,
    },
    { title: 'nothing of another group', changes: rule({ apiGroups: ['apps'] }), asked: false },
    { title: 'no namespaced object under scope Cluster', changes: rule({ scope: 'Cluster' }), asked: false },
    {
      title: 'a cluster-wide object whatever the namespace selector says',
      changes: {
        ...rule({ apiGroups: [''], apiVersions: ['v1'], resources: ['persistentvolumes'] }),
        namespaceSelector: { matchLabels: { a: 'b' } },
      },
      review: { kind: volumes, namespace: undefined },
      asked: true,
    },
    {
      title: 'objects in namespaces that are selected',
      changes: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'rec' } } },
      asked: true,
    },
    {
      title: 'no objects in other namespaces',
      changes: { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
      asked: false,
    },
    {
      title: 'objects that are selected, also by what they were',
      changes: { objectSelector: { matchLabels: { guard: 'yes' } } },
      review: { operation: 'UPDATE', object: vr(), oldObject: vr({}, { labels: { guard: 'yes' } }) },
      asked: true,
    },
    {
      title: 'no objects that are not selected',
      changes: { objectSelector: { matchLabels: { guard: 'yes' } } },
      asked: false,
    },
    {
      title: 'a change of spec that a match condition asks for',
      changes: { matchConditions: specChanged },
      review: update(vr({ replicationState: 'secondary' })),
      asked: true,
    },
    {
      title: 'no change of metadata that it rules out',
      changes: { matchConditions: specChanged },
      review: update(vr(undefined, { annotations: { z: '1' } })),
      asked: false,
    },
    {
      title: 'what a condition says about the request',
      changes: {
        matchConditions: [
          { name: 'who', expression: "request.userInfo.username == 'admin' && request.dryRun == false" },
        ],
      },
      asked: true,
    },
    {
      title: 'nothing where a condition fails under failurePolicy Ignore',
      changes: {
        failurePolicy: 'Ignore',
        matchConditions: [{ name: 'x', expression: 'object.spec.none == 1' }],
      },
      asked: false,
    },
  ];
  it.each(cases)('$title', async ({ changes, review = {}, asked }) => {
    await validated(() => ({ allowed: true }), changes, review);
    expect(server.reviews).toHaveLength(asked ? 1 : 0);
  });

  it('refuses the request where a condition fails under failurePolicy Fail', async () => {
    const matchConditions = [{ name: 'x', expression: 'object.spec.none == 1' }];
    expect(await validated(() => ({ allowed: true }), { matchConditions })).toMatchObject({
      message:
        'volumereplications.replication.storage.openshift.io "v" is forbidden: expression \'object.spec.none == 1\' resulted in error: no such key: none',
      code: 403,
    });
  });
});

const patchOf = (patch: object[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
});

const annotate = (name: string, value: string) => ({
  op: 'add',
  path: `/metadata/annotations/${name}`,
  value,
});

describe('mutating webhooks', () => {
  const mutated = async (behaviour: Behaviour, hooks: Webhook[], object = vr()) => {
    server.behave(behaviour);
    const reviews = admission({ mutating: [configuration(hooks)] });
    try {
      return await reviews.mutate(attributes({ object }));
    } catch (thrown) {
      return bodyOf(thrown);
    } finally {
      reviews.close();
    }
  };

  it('patch the object', async () => {
    const patch = [{ op: 'add', path: '/metadata/annotations', value: { patched: 'yes' } }];
    expect(await mutated(() => patchOf(patch), [webhook()])).toEqual(
      vr(undefined, { annotations: { patched: 'yes' } }),
    );
  });

  it('see what the one before them did', async () => {
    let round = 0;
    const behaviour: Behaviour = () => patchOf([annotate(`r${round++}`, 'x')]);
    const object = vr(undefined, { annotations: {} });
    await mutated(behaviour, [webhook(), webhook({ name: 'second.kubectl-dr.dev' })], object);
    expect(server.reviews[1]?.body.request).toMatchObject({
      object: { metadata: { annotations: { r0: 'x' } } },
    });
  });

  it('are asked again, if they want to, after another one changed the object', async () => {
    const behaviour: Behaviour = ({ path }) =>
      path.startsWith('/second') ? patchOf([annotate('b', '2')]) : { allowed: true };
    const second = webhook({
      name: 'second.kubectl-dr.dev',
      clientConfig: { url: `https://127.0.0.1:${server.port}/second`, caBundle: server.caBundle },
    });
    const hooks = [webhook({ reinvocationPolicy: 'IfNeeded' }), second];
    await mutated(behaviour, hooks, vr(undefined, { annotations: {} }));
    expect(server.reviews.map(({ path }) => path)).toEqual([
      '/validating?timeout=1s',
      '/second?timeout=1s',
      '/validating?timeout=1s',
    ]);
  });

  const problems: [string, object[], string][] = [
    [
      'a missing parent',
      [{ op: 'replace', path: '/nope/x', value: 1 }],
      'replace operation does not apply: doc is missing path: /nope/x: missing value',
    ],
    [
      'a missing field',
      [{ op: 'replace', path: '/spec/none', value: 1 }],
      'replace operation does not apply: doc is missing key: /spec/none: missing value',
    ],
    [
      'a field that is not there to remove',
      [{ op: 'remove', path: '/spec/none' }],
      "error in remove for path: '/spec/none': Unable to remove nonexistent key: none: missing value",
    ],
    [
      'a failing test',
      [{ op: 'test', path: '/spec/none', value: 1 }],
      'testing value /spec/none failed: test failed',
    ],
  ];
  it.each(problems)('fail the request with a patch that does not apply: %s', async (_, patch, message) => {
    expect(await mutated(() => patchOf(patch), [webhook({ failurePolicy: 'Ignore' })])).toEqual(
      internal(message),
    );
  });

  it('need a patch type with a patch', async () => {
    const { patchType: _, ...answer } = patchOf([]);
    expect(await mutated(() => answer, [webhook()])).toEqual(
      internal(
        `${failed}received invalid webhook response: webhook returned response.patch but not response.patchType`,
      ),
    );
  });

  it('fail the request with a patch that is no JSON, unless they are ignored', async () => {
    const junk = { allowed: true, patchType: 'JSONPatch', patch: Buffer.from('{').toString('base64') };
    expect(await mutated(() => junk, [webhook()])).toMatchObject({ code: 500 });
    expect(await mutated(() => junk, [webhook({ failurePolicy: 'Ignore' })])).toEqual(vr());
  });
});
