import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbeddedServer } from './kube-apiserver/embedded-server.ts';
import { type Answer, createHttpsClient, type HttpsClient } from './kube-apiserver/https-client.ts';
import { findRealServer, startRealServer } from './kube-apiserver/real-server.ts';
import type { Target } from './kube-apiserver/target.ts';

// Priority classes, what admission makes of them, and VolumeAttributesClasses: asked of the embedded server and of a real one, so that both say the same.

const realServer = findRealServer(process.env);
const targets = [
  { name: 'the embedded server', start: startEmbeddedServer, skip: false },
  {
    name: 'a real kube-apiserver',
    start: () => startRealServer(realServer ?? ''),
    skip: realServer === undefined,
  },
];

const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
const attributes = '/apis/storage.k8s.io/v1/volumeattributesclasses';

const priorityClass = (name: string, more: object): object => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  ...more,
});

const attributesClass = (name: string, more: object): object => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'VolumeAttributesClass',
  metadata: { name },
  ...more,
});

const pod = (metadata: object, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});

describe.each(targets)('pod priority, at $name', ({ start, skip }) => {
  let target: Target;
  let client: HttpsClient;

  beforeAll(async () => {
    if (skip) return;
    target = await start();
    client = createHttpsClient(target.access);
  });
  afterAll(async () => {
    if (skip) return;
    client.close();
    await target.stop();
  });

  const post = (path: string, body: object): Promise<Answer> => client.send({ method: 'POST', path, body });
  const patch = (path: string, body: object): Promise<Answer> =>
    client.send({
      method: 'PATCH',
      path,
      body,
      headers: { 'content-type': 'application/merge-patch+json' },
    });
  const postPod = (metadata: object, spec: object = {}) =>
    post('/api/v1/namespaces/default/pods', pod(metadata, spec));

  describe.skipIf(skip)('classes', () => {
    test('two are there from the start', async () => {
      const { body } = await client.send({ method: 'GET', path: classes });
      const { items } = body as { items: { metadata: { name: string }; value: number }[] };
      expect(items.map(({ metadata: { name }, value }) => [name, value])).toEqual([
        ['system-cluster-critical', 2_000_000_000],
        ['system-node-critical', 2_000_001_000],
      ]);
    });

    test('one that says nothing is worth 0', async () => {
      expect(await post(classes, priorityClass('nothing', {}))).toMatchObject({
        status: 201,
        body: { value: 0, preemptionPolicy: 'PreemptLowerPriority', metadata: { generation: 1 } },
      });
    });

    test.each<[string, object, string]>([
      [
        'big',
        { value: 2_000_000_000 },
        'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
      ],
      [
        'system-mine',
        { value: 5 },
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class",
      ],
      [
        'policy',
        { value: 5, preemptionPolicy: 'Sometimes' },
        'preemptionPolicy: Unsupported value: "Sometimes": supported values: "PreemptLowerPriority", "Never"',
      ],
    ])('%s is refused', async (name, more, why) => {
      const { status, body } = await post(classes, priorityClass(name, more));
      expect({ status, body }).toMatchObject({
        status: 422,
        body: { message: `PriorityClass.scheduling.k8s.io "${name}" is invalid: ${why}` },
      });
    });

    test('a value is never changed', async () => {
      await post(classes, priorityClass('kept', { value: 5, preemptionPolicy: 'Never' }));
      expect(await patch(`${classes}/kept`, { value: 6 })).toMatchObject({
        status: 422,
        body: {
          message:
            'PriorityClass.scheduling.k8s.io "kept" is invalid: value: Forbidden: may not be changed in an update.',
        },
      });
    });
  });

  describe.skipIf(skip)('pods', () => {
    test.each<[string, object, string]>([
      ['by its name', { name: 'lost' }, 'lost'],
      ['by the name it would get', { generateName: 'lost-' }, 'lost-'],
    ])('one that names a missing class is refused, %s', async (_what, metadata, called) => {
      expect(await postPod(metadata, { priorityClassName: 'shop-critical' })).toMatchObject({
        status: 403,
        body: {
          message: `pods "${called}" is forbidden: no PriorityClass with name shop-critical was found`,
          reason: 'Forbidden',
          details: { name: called, kind: 'pods' },
        },
      });
    });

    test('one gets the value and the policy of its class', async () => {
      expect(await postPod({ name: 'classed' }, { priorityClassName: 'kept' })).toMatchObject({
        status: 201,
        body: { spec: { priority: 5, preemptionPolicy: 'Never', priorityClassName: 'kept' } },
      });
    });

    test('one without a class gets 0, and none of its own', async () => {
      expect(await postPod({ name: 'plain' })).toMatchObject({
        body: { spec: { priority: 0, preemptionPolicy: 'PreemptLowerPriority' } },
      });
      expect(await postPod({ name: 'own' }, { priority: 7, priorityClassName: 'kept' })).toMatchObject({
        status: 403,
        body: {
          message:
            'pods "own" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 5 from the given PriorityClass name',
        },
      });
    });

    test('one without a class gets the default one, of which there is one', async () => {
      expect((await post(classes, priorityClass('usual', { value: 9, globalDefault: true }))).status).toBe(
        201,
      );
      expect(await post(classes, priorityClass('second', { value: 8, globalDefault: true }))).toMatchObject({
        status: 403,
        body: {
          message:
            'priorityclasses.scheduling.k8s.io "second" is forbidden: PriorityClass usual is already marked as default. Only one default can exist',
        },
      });
      // A real server learns of the class by a watch.
      const specOf = async (name: string) =>
        ((await postPod({ name })).body as { spec: { priority: number } }).spec.priority;
      let attempt = 0;
      while ((await specOf(`usual-${attempt}`)) !== 9 && attempt < 100) attempt += 1;
      expect(await specOf('usual')).toBe(9);
    });
  });

  describe.skipIf(skip)('volume attributes classes', () => {
    test('are kept as they were made', async () => {
      const parameters = { iops: '1000' };
      expect(await post(attributes, attributesClass('fast', { driverName: 'x', parameters }))).toMatchObject({
        status: 201,
        body: { driverName: 'x', parameters },
      });
      expect(await patch(`${attributes}/fast`, { parameters: { iops: '2000' } })).toMatchObject({
        status: 422,
        body: {
          message:
            'VolumeAttributesClass.storage.k8s.io "fast" is invalid: parameters: Forbidden: updates to parameters are forbidden.',
        },
      });
    });

    test('need a driver and parameters', async () => {
      expect(await post(attributes, attributesClass('empty', {}))).toMatchObject({
        status: 422,
        body: {
          message:
            'VolumeAttributesClass.storage.k8s.io "empty" is invalid: [driverName: Required value, parameters: Required value: must contain at least one key/value pair]',
        },
      });
    });
  });
});
