import { resources } from '../../../core/model/resource.ts';
import { type Decision, type Effect, settled } from '../runtime/decision.ts';
import { isFinished, type Pod, type PodCondition } from './workload-objects.ts';

/** Whether a volume of a pod can be used on this node. */
export type MountState =
  | { state: 'mounted' }
  /** Not yet; its change brings the pod back. */
  | { state: 'waiting' }
  /** Looked at again with a distance, as the kubelet does. */
  | { state: 'failed'; reason: 'FailedMount' | 'FailedAttachVolume'; message: string };

export type PodFacts = {
  pod: Pod;
  mounts: readonly MountState[];
  nodeName: string;
  podIp: string;
  hostIp: string;
  /** RFC 3339, in seconds. */
  now: string;
};

const pods = resources.pods;

const remountAfterMs = 2_000;

const condition = (pod: Pod, type: string, status: string, now: string, reason?: string): PodCondition => {
  const before = pod.status?.conditions?.find((one) => one.type === type);
  const since = before?.status === status ? before.lastTransitionTime : now;
  return { type, status, lastTransitionTime: since ?? now, ...(reason !== undefined && { reason }) };
};

const conditionsOf = ({ pod, now }: PodFacts, isReady: boolean, why?: string): PodCondition[] => {
  const status = isReady ? 'True' : 'False';
  const finished = why === 'PodCompleted';
  return [
    condition(pod, 'PodReadyToStartContainers', isReady && !finished ? 'True' : 'False', now),
    condition(pod, 'Initialized', 'True', now, finished ? why : undefined),
    condition(pod, 'Ready', status, now, why),
    condition(pod, 'ContainersReady', status, now, why),
    condition(pod, 'PodScheduled', 'True', now),
  ];
};

const containerStatuses = (pod: Pod, ready: boolean, state: Record<string, unknown>): unknown[] =>
  (pod.spec?.containers ?? []).map(({ name, image = '' }) => ({
    name,
    image,
    imageID: ready || 'terminated' in state ? `sandbox://${image}` : '',
    ready,
    started: ready,
    restartCount: 0,
    state,
    lastState: {},
    ...('waiting' in state ? {} : { containerID: `sandbox://${pod.metadata.uid ?? ''}-${name}` }),
  }));

const writeStatus = (pod: Pod, status: Record<string, unknown>): Effect => ({
  act: 'patch',
  resource: pods,
  object: pod,
  body: { status },
  subresource: 'status',
});

const waitForMounts = (facts: PodFacts): Decision => {
  const { pod, now, hostIp, mounts } = facts;
  const failures = mounts.flatMap((mount): Effect[] =>
    mount.state === 'failed'
      ? [
          {
            act: 'event',
            resource: pods,
            object: pod,
            type: 'Warning',
            reason: mount.reason,
            message: mount.message,
          },
        ]
      : [],
  );
  const isShown =
    pod.status?.containerStatuses?.some(({ state }) => state?.['waiting'] !== undefined) === true;
  const show = isShown
    ? []
    : [
        writeStatus(pod, {
          phase: 'Pending',
          conditions: conditionsOf(facts, false, 'ContainersNotReady'),
          containerStatuses: containerStatuses(pod, false, { waiting: { reason: 'ContainerCreating' } }),
          startTime: pod.status?.startTime ?? now,
          hostIP: hostIp,
          hostIPs: [{ ip: hostIp }],
        }),
      ];
  return { effects: [...show, ...failures], ...(failures.length > 0 && { againAfterMs: remountAfterMs }) };
};

const start = (facts: PodFacts): Decision => {
  const { pod, now, podIp, hostIp } = facts;
  const said = (reason: string, message: string): Effect => ({
    act: 'event',
    resource: pods,
    object: pod,
    type: 'Normal',
    reason,
    message,
  });
  return {
    effects: [
      writeStatus(pod, {
        phase: 'Running',
        conditions: conditionsOf(facts, true),
        containerStatuses: containerStatuses(pod, true, { running: { startedAt: now } }),
        startTime: pod.status?.startTime ?? now,
        hostIP: hostIp,
        hostIPs: [{ ip: hostIp }],
        podIP: podIp,
        podIPs: [{ ip: podIp }],
      }),
      ...(pod.spec?.containers ?? []).map(({ name }) => said('Started', `Started container ${name}`)),
    ],
  };
};

/** Nothing runs in a simulated container, so what is meant to end has ended. */
const finish = (facts: PodFacts): Decision => {
  const { pod, now } = facts;
  const startedAt = pod.status?.startTime ?? now;
  const terminated = { exitCode: 0, reason: 'Completed', startedAt, finishedAt: now };
  return {
    effects: [
      writeStatus(pod, {
        phase: 'Succeeded',
        conditions: conditionsOf(facts, false, 'PodCompleted'),
        containerStatuses: containerStatuses(pod, false, { terminated }),
      }),
    ],
  };
};

/**
 * The next step of the node for one pod: it waits in ContainerCreating for its volumes, runs, and ends at once where it is
 * meant to end (restartPolicy other than Always). A deleted pod's containers stop at once, so its grace is never waited for.
 */
export const decidePod = (facts: PodFacts): Decision => {
  const { pod, mounts, nodeName } = facts;
  if (pod.spec?.nodeName !== nodeName) return settled;
  if (pod.metadata.deletionTimestamp !== undefined) {
    // Grace 0: the server knows already that the containers are gone, and waits for finalizers alone.
    if (pod.metadata.deletionGracePeriodSeconds === 0) return settled;
    return { effects: [{ act: 'delete', resource: pods, object: pod, graceSeconds: 0 }] };
  }
  if (isFinished(pod)) return settled;
  if (pod.status?.phase === 'Running') {
    return (pod.spec?.restartPolicy ?? 'Always') === 'Always' ? settled : finish(facts);
  }
  return mounts.every(({ state }) => state === 'mounted') ? start(facts) : waitForMounts(facts);
};
