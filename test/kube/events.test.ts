import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import { createEventRecorder } from '../../kube/events.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from './embedded-cluster.ts';
import { startScriptedServer } from './scripted-server.ts';

let embedded: EmbeddedCluster;
beforeAll(async () => {
  embedded = await startEmbeddedCluster();
});
afterAll(() => embedded.close());

const object: KubernetesObject = {
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { name: 'vr', namespace: 'default', uid: 'abc', resourceVersion: '5' },
};

test('the same note counts up one Event, another makes another', async () => {
  const recorder = createEventRecorder({ cluster: embedded.cluster, component: 'test', now: Date.now });
  const note = { object, type: 'Normal', reason: 'Promoted', message: 'Volume is promoted' } as const;
  recorder.record(note);
  recorder.record(note);
  recorder.record({ ...note, type: 'Warning', reason: 'FailedToDemote', message: 'x'.repeat(5_000) });
  recorder.record(note);
  await recorder.flush();
  const { items } = await embedded.cluster.listAll(resources.events, { namespace: 'default' });
  expect(items.map(({ reason, count }) => [reason, count])).toEqual([
    ['Promoted', 3],
    ['FailedToDemote', 1],
  ]);
  expect(items[0]).toMatchObject({
    type: 'Normal',
    involvedObject: { kind: 'VolumeReplication', name: 'vr', uid: 'abc' },
    source: { component: 'test' },
  });
  expect(String(items[1]?.['message'])).toHaveLength(1_024);
});

test('an Event that was cleaned up meanwhile is made anew', async () => {
  const recorder = createEventRecorder({ cluster: embedded.cluster, component: 'again', now: Date.now });
  const note = { object, type: 'Normal', reason: 'Demoted', message: 'Volume is demoted' } as const;
  recorder.record(note);
  await recorder.flush();
  const demoted = async () => {
    const { items } = await embedded.cluster.listAll(resources.events, { namespace: 'default' });
    return items.filter(({ reason }) => reason === 'Demoted');
  };
  const [made] = await demoted();
  await embedded.cluster.delete(resources.events, { name: made?.metadata.name ?? '', namespace: 'default' });
  recorder.record(note);
  await recorder.flush();
  expect(await demoted()).toHaveLength(1);
});

test('an Event that cannot be written is dropped, and nobody waits for it', async () => {
  const scripted = await startScriptedServer((_, response) => response.writeHead(403).end('{}'));
  const warnings: string[] = [];
  const log = { debug: () => undefined, warn: (_: object, message: string) => void warnings.push(message) };
  const recorder = createEventRecorder({ cluster: scripted.cluster, component: 'test', now: Date.now, log });
  recorder.record({ object, type: 'Normal', reason: 'Promoted', message: 'x' });
  await recorder.flush();
  expect(warnings).toEqual(['Event not written']);
  await scripted.close();
});
