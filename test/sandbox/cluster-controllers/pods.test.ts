import { describe, expect, it } from 'vitest';
import type { PersistentVolume } from '../../../core/model/persistent-volume.ts';
import { decidePod, type MountState } from '../../../sandbox/cluster-controllers/workloads/pod-decision.ts';
import {
  decideSchedule,
  type MountedClaim,
} from '../../../sandbox/cluster-controllers/workloads/schedule-decision.ts';
import type { Pod } from '../../../sandbox/cluster-controllers/workloads/workload-objects.ts';
import { claim, claimRef, storageClass, volume } from './volume-objects.ts';

const now = '2026-01-01T00:00:00Z';
const node = { name: 'cluster-1-node', labels: { 'kubernetes.io/os': 'linux' } };

const pod = (
  spec: Pod['spec'] = {},
  parts: Partial<Pod['metadata']> = {},
  status: Pod['status'] = {},
): Pod => ({
  metadata: { name: 'app-1', namespace: 'rec', uid: 'uid-app-1', resourceVersion: '3', ...parts },
  spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Always', ...spec },
  status: { phase: 'Pending', ...status },
});

const bound = claim('c', {
  annotations: { 'pv.kubernetes.io/bind-completed': 'yes' },
  spec: { volumeName: 'pv' },
  status: { phase: 'Bound' },
});

const mounted = (parts: Partial<MountedClaim> = {}): MountedClaim => ({
  name: 'c',
  claim: bound,
  storageClass: storageClass(),
  volume: volume('pv'),
  isEphemeral: false,
  candidates: [],
  ...parts,
});

describe('the scheduler', () => {
  it('binds a pod to the node through the binding subresource, once its claims are bound', () => {
    const { effects } = decideSchedule({ pod: pod(), claims: [mounted()], node, now });
    expect(effects[0]).toMatchObject({
      act: 'create',
      subresource: 'binding',
      object: { metadata: { name: 'app-1' }, target: { kind: 'Node', name: 'cluster-1-node' } },
    });
    expect(effects[1]).toMatchObject({ act: 'event', reason: 'Scheduled' });
  });

  const lost = claim('c', { spec: { volumeName: 'pv' }, status: { phase: 'Lost' } });
  it.each([
    ['has no claim', mounted({ claim: undefined }), 'persistentvolumeclaim "c" not found'],
    [
      'has an unbound claim',
      mounted({ claim: claim('c') }),
      'pod has unbound immediate PersistentVolumeClaims',
    ],
    [
      'has a lost claim',
      mounted({ claim: lost }),
      'persistentvolumeclaim "c" bound to non-existent persistentvolume "pv"',
    ],
    [
      'has a claim that is going',
      mounted({ claim: { ...bound, metadata: { ...bound.metadata, deletionTimestamp: now } } }),
      'persistentvolumeclaim "c" is being deleted',
    ],
  ])('says what a pod waits for that %s, once', (_, chosen, why) => {
    const first = decideSchedule({ pod: pod(), claims: [chosen], node, now });
    const message = `0/1 nodes are available: ${why}.`;
    expect(first.effects).toMatchObject([
      { body: { status: { conditions: [{ type: 'PodScheduled', status: 'False', message }] } } },
      { act: 'event', reason: 'FailedScheduling', message },
    ]);
    const conditions = [{ type: 'PodScheduled', status: 'False', message, lastTransitionTime: now }];
    const told = pod({}, {}, { conditions });
    expect(decideSchedule({ pod: told, claims: [chosen], node, now }).effects).toEqual([]);
  });

  it.each([
    ['has a node', pod({ nodeName: 'cluster-1-node' })],
    ['is going', pod({}, { deletionTimestamp: now })],
    ['has ended', pod({}, {}, { phase: 'Succeeded' })],
    ['belongs to another scheduler', pod({ schedulerName: 'mine' })],
    ['is gated', pod({ schedulingGates: [{ name: 'wait' }] })],
  ])('leaves a pod alone that %s', (_, own) => {
    expect(decideSchedule({ pod: own, claims: [], node, now }).effects).toEqual([]);
  });

  const tail =
    '. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
  const inZone = (operator: string, ...values: string[]) => ({
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator, values }] }],
  });
  const limited = (required: object) => {
    const { spec, ...rest } = volume('pv');
    return { ...rest, spec: { ...spec, nodeAffinity: { required } } } as PersistentVolume;
  };
  const affine = (required: object) => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
  });

  it.each([
    [
      'a selector that it does not meet',
      pod({ nodeSelector: { 'kubernetes.io/os': 'windows' } }),
      mounted(),
      "didn't match Pod's node affinity/selector",
    ],
    [
      'an affinity that it does not meet',
      pod(affine(inZone('In', 'a'))),
      mounted(),
      "didn't match Pod's node affinity/selector",
    ],
    [
      'a volume that it cannot reach',
      pod(),
      mounted({ volume: limited(inZone('In', 'a')) }),
      "didn't match PersistentVolume's node affinity",
    ],
    [
      'a volume that is not there',
      pod(),
      mounted({ volume: undefined }),
      'unavailable due to one or more pvc(s) bound to non-existent pv(s)',
    ],
  ])('keeps a pod off its node for %s, in the words of kube-scheduler', (_what, own, chosen, why) => {
    const [written] = decideSchedule({ pod: own, claims: [chosen], node, now }).effects;
    const message = `0/1 nodes are available: 1 node(s) ${why}${tail}`;
    expect(written).toMatchObject({
      body: { status: { conditions: [{ type: 'PodScheduled', reason: 'Unschedulable', message }] } },
    });
  });

  it('binds a pod whose volume its node reaches', () => {
    const zoned = { ...node, labels: { zone: 'a' } };
    const chosen = mounted({ volume: limited(inZone('In', 'a')) });
    const { effects } = decideSchedule({ pod: pod(), claims: [chosen], node: zoned, now });
    expect(effects[0]).toMatchObject({ act: 'create', subresource: 'binding' });
  });

  it.each([
    [
      'is not made yet',
      undefined,
      'waiting for ephemeral volume controller to create the persistentvolumeclaim "c"',
    ],
    ['is somebody else’s', bound, 'PVC rec/c was not created for pod rec/app-1 (pod is not owner)'],
  ])('waits for the claim of an ephemeral volume that %s', (_what, own, why) => {
    const chosen = mounted({ claim: own, isEphemeral: true });
    const [written] = decideSchedule({ pod: pod(), claims: [chosen], node, now }).effects;
    expect(written).toMatchObject({
      body: { status: { conditions: [{ message: `0/1 nodes are available: ${why}.` }] } },
    });
  });

  describe('with a class that waits for its consumer', () => {
    const waiting = storageClass({ volumeBindingMode: 'WaitForFirstConsumer' });

    it('reserves an open volume for the claim', () => {
      const chosen = mounted({ claim: claim('c'), storageClass: waiting, candidates: [volume('pv')] });
      expect(decideSchedule({ pod: pod(), claims: [chosen], node, now }).effects).toMatchObject([
        { object: { metadata: { name: 'pv' } }, body: { spec: { claimRef: claimRef('c', 'uid-c') } } },
      ]);
    });

    it('reserves none that its node cannot reach', () => {
      const candidates = [limited(inZone('In', 'a'))];
      const chosen = mounted({ claim: claim('c'), storageClass: waiting, candidates });
      expect(decideSchedule({ pod: pod(), claims: [chosen], node, now }).effects).toMatchObject([
        { object: { metadata: { name: 'c' } } },
      ]);
    });

    it('asks for a volume on its node where none is open, and then waits', () => {
      const chosen = mounted({ claim: claim('c'), storageClass: waiting });
      const annotations = { 'volume.kubernetes.io/selected-node': 'cluster-1-node' };
      expect(decideSchedule({ pod: pod(), claims: [chosen], node, now }).effects).toMatchObject([
        { object: { metadata: { name: 'c' } }, body: { metadata: { annotations } } },
      ]);
      const asked = mounted({ claim: claim('c', { annotations }), storageClass: waiting });
      expect(decideSchedule({ pod: pod(), claims: [asked], node, now }).effects).toEqual([]);
    });
  });
});

describe('the node', () => {
  const onNode = { nodeName: node.name };
  const decide = (own: Pod, mounts: MountState[] = []) =>
    decidePod({ pod: own, mounts, nodeName: node.name, podIp: '10.244.0.1', hostIp: '127.0.0.1', now });
  const creating = {
    containerStatuses: [{ name: 'c', state: { waiting: { reason: 'ContainerCreating' } } }],
  };

  it('runs a pod whose volumes are mounted', () => {
    const [written] = decide(pod(onNode), [{ state: 'mounted' }]).effects;
    expect(written).toMatchObject({
      subresource: 'status',
      body: {
        status: { phase: 'Running', podIP: '10.244.0.1', containerStatuses: [{ name: 'c', ready: true }] },
      },
    });
    expect(written).toMatchObject({
      body: {
        status: {
          conditions: expect.arrayContaining([{ type: 'Ready', status: 'True', lastTransitionTime: now }]),
        },
      },
    });
  });

  it('shows ContainerCreating while a volume is not attached yet, and asks nobody again', () => {
    const decision = decide(pod(onNode), [{ state: 'waiting' }]);
    expect(decision.effects).toMatchObject([
      {
        body: {
          status: { phase: 'Pending', containerStatuses: [{ state: creating.containerStatuses[0]?.state }] },
        },
      },
    ]);
    expect(decision.againAfterMs).toBeUndefined();
    expect(decide(pod(onNode, {}, creating), [{ state: 'waiting' }]).effects).toEqual([]);
  });

  it('says why a volume cannot be mounted, and tries again', () => {
    const failed: MountState = { state: 'failed', reason: 'FailedMount', message: 'image is not primary' };
    const decision = decide(pod(onNode, {}, creating), [failed]);
    expect(decision.effects).toMatchObject([{ act: 'event', type: 'Warning', reason: 'FailedMount' }]);
    expect(decision.againAfterMs).toBeGreaterThan(0);
  });

  it('ends a deleted pod at once, and waits for its finalizers alone', () => {
    const going = { deletionTimestamp: now, deletionGracePeriodSeconds: 30 };
    expect(decide(pod(onNode, going)).effects).toMatchObject([{ act: 'delete', graceSeconds: 0 }]);
    expect(decide(pod(onNode, { ...going, deletionGracePeriodSeconds: 0 })).effects).toEqual([]);
  });

  it('completes what is meant to end, and keeps the rest running', () => {
    const running = { phase: 'Running' };
    expect(decide(pod({ ...onNode, restartPolicy: 'Never' }, {}, running)).effects).toMatchObject([
      { body: { status: { phase: 'Succeeded' } } },
    ]);
    expect(decide(pod(onNode, {}, running)).effects).toEqual([]);
  });

  it('leaves pods of other nodes, and pods without one, alone', () => {
    expect(decide(pod({ nodeName: 'other' })).effects).toEqual([]);
    expect(decide(pod()).effects).toEqual([]);
  });
});
