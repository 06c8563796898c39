import { expect, test } from 'vitest';
import { whyNotReady } from '../../../core/workload/why-not-ready.ts';
import { deployments, workloadOf } from './objects.ts';

const podWith = (status: object) => ({ metadata: { namespace: 'shop', name: 'web-0' }, status });
const waiting = (reason: string, message?: string) => ({
  containerStatuses: [{ name: 'main', state: { waiting: { reason, message } } }],
});

test.each<[string, object, string | undefined]>([
  [
    'a Secret that is missing',
    waiting('CreateContainerConfigError', 'secret "web-env" not found'),
    'pod web-0: container main: CreateContainerConfigError: secret "web-env" not found',
  ],
  ['an image that is not pulled', waiting('ImagePullBackOff'), 'pod web-0: container main: ImagePullBackOff'],
  ['a container that is being made', waiting('ContainerCreating'), undefined],
  ['one that runs', { containerStatuses: [{ name: 'main', state: { running: {} } }] }, undefined],
  [
    'an init container, first',
    {
      initContainerStatuses: [{ name: 'init', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      ...waiting('PodInitializing'),
    },
    'pod web-0: container init: CrashLoopBackOff',
  ],
  ['a pod that says nothing', {}, undefined],
  [
    'foreign text that would steer a terminal',
    waiting('Bad\u001b[2J', 'a\nb'),
    'pod web-0: container main: Bad\\x1b[2J: a b',
  ],
])('tells of %s', (_, status, expected) => {
  const why = whyNotReady(workloadOf(deployments), [podWith(status)]);
  if (expected?.includes('\\x1b')) expect(why).not.toContain('\u001b');
  else expect(why).toBe(expected);
});
