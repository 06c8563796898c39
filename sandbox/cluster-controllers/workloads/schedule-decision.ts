import type { NodeSelector } from '../../../core/model/node-selector.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import { type Decision, type Effect, only, settled } from '../runtime/decision.ts';
import { reserveVolume } from '../volumes/claim-decision.ts';
import {
  annotationOf,
  type StorageClass,
  volumeNames,
  waitsForConsumer,
} from '../volumes/storage-objects.ts';
import { chooseVolume } from '../volumes/volume-choice.ts';
import { nodeMeets, type SelectableNode } from './node-selector.ts';
import { controllerOf, isFinished, type Pod } from './workload-objects.ts';

/** One claim that a pod mounts, as the scheduler sees it. */
export type MountedClaim = {
  name: string;
  /** Undefined where there is no such claim. */
  claim: PersistentVolumeClaim | undefined;
  storageClass: StorageClass | undefined;
  /** What the claim is bound to; undefined where it is not, or where that is gone. */
  volume: PersistentVolume | undefined;
  /** Whether the claim is of a generic ephemeral volume, and so to be owned by the pod. */
  isEphemeral: boolean;
  /** Open volumes, looked up only for a claim that waits for its consumer. */
  candidates: readonly PersistentVolume[];
};

export type ScheduleFacts = {
  pod: Pod;
  claims: readonly MountedClaim[];
  node: SelectableNode;
  /** RFC 3339, in seconds. */
  now: string;
};

type Obstacle = { reason: string; steps?: Effect[] };

/** Whether the site's node may reach a volume: a PV names by its topology where it can be used. */
const isReachable = (volume: PersistentVolume, node: SelectableNode): boolean => {
  const affinity = (volume.spec as { nodeAffinity?: { required?: NodeSelector } } | undefined)?.nodeAffinity;
  return nodeMeets(affinity?.required, node);
};

const podAffinity = (pod: Pod): NodeSelector | undefined =>
  (
    pod.spec?.['affinity'] as
      | { nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector } }
      | undefined
  )?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;

const isChosenBy = (pod: Pod, node: SelectableNode): boolean =>
  Object.entries(pod.spec?.nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value) &&
  nodeMeets(podAffinity(pod), node);

/** Nobody would have to leave for the pod: what kube-scheduler 1.34 and later add where nodes themselves do not fit. */
const noPreemption =
  'no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling';

const noNode = (why: string): string => `1 node(s) ${why}. ${noPreemption}`;

/** A claim whose class waits for a consumer: the scheduler reserves an open volume, or asks for a new one on the node. */
const consume = ({ claim, candidates }: MountedClaim, node: SelectableNode): Effect[] => {
  if (claim === undefined || annotationOf(claim, volumeNames.selectedNode) !== undefined) return [];
  const open = chooseVolume(
    claim,
    candidates.filter((volume) => isReachable(volume, node)),
  );
  if (open !== undefined) return [reserveVolume(open, claim)];
  const annotations = { [volumeNames.selectedNode]: node.name };
  return [
    {
      act: 'patch',
      resource: resources.persistentVolumeClaims,
      object: claim,
      body: { metadata: { annotations } },
    },
  ];
};

const obstacleOf = (pod: Pod, mounted: MountedClaim, node: SelectableNode): Obstacle | undefined => {
  const { claim, name, storageClass, volume, isEphemeral } = mounted;
  if (claim === undefined && isEphemeral) {
    return {
      reason: `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`,
    };
  }
  if (claim === undefined) return { reason: `persistentvolumeclaim "${name}" not found` };
  if (isEphemeral && controllerOf(claim)?.uid !== pod.metadata.uid) {
    const names = [`${claim.metadata.namespace}/${name}`, `${pod.metadata.namespace}/${pod.metadata.name}`];
    return { reason: `PVC ${names[0]} was not created for pod ${names[1]} (pod is not owner)` };
  }
  if (claim.metadata.deletionTimestamp !== undefined) {
    return { reason: `persistentvolumeclaim "${name}" is being deleted` };
  }
  if (claim.status?.phase === 'Lost') {
    const volume = claim.spec?.volumeName ?? '';
    return { reason: `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${volume}"` };
  }
  const isBound = annotationOf(claim, volumeNames.bindCompleted) !== undefined;
  if (isBound && claim.status?.phase === 'Bound') {
    if (volume === undefined) {
      return { reason: noNode('unavailable due to one or more pvc(s) bound to non-existent pv(s)') };
    }
    if (isReachable(volume, node)) return undefined;
    return { reason: noNode("didn't match PersistentVolume's node affinity") };
  }
  if ((claim.spec?.volumeName ?? '') === '' && waitsForConsumer(storageClass)) {
    return { reason: '', steps: consume(mounted, node) };
  }
  return { reason: 'pod has unbound immediate PersistentVolumeClaims' };
};

const unschedulable = ({ pod, now }: ScheduleFacts, why: string, reason = 'Unschedulable'): Decision => {
  const old = pod.status?.conditions ?? [];
  const before = old.find(({ type }) => type === 'PodScheduled');
  const message = reason === 'Unschedulable' ? `0/1 nodes are available: ${why}.` : why;
  if (before?.status === 'False' && before.message === message) return settled;
  const since = before?.status === 'False' ? before.lastTransitionTime : now;
  const conditions = [
    ...old.filter(({ type }) => type !== 'PodScheduled'),
    { type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime: since },
  ];
  const status = { conditions };
  const pods = resources.pods;
  return {
    effects: [
      { act: 'patch', resource: pods, object: pod, body: { status }, subresource: 'status' },
      { act: 'event', resource: pods, object: pod, type: 'Warning', reason: 'FailedScheduling', message },
    ],
  };
};

const bind = ({ pod, node }: ScheduleFacts): Decision => {
  const { name = '', namespace = '' } = pod.metadata;
  return {
    effects: [
      {
        act: 'create',
        resource: resources.pods,
        subresource: 'binding',
        object: {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name, namespace },
          target: { apiVersion: 'v1', kind: 'Node', name: node.name },
        },
      },
      {
        act: 'event',
        resource: resources.pods,
        object: pod,
        type: 'Normal',
        reason: 'Scheduled',
        message: `Successfully assigned ${namespace}/${name} to ${node.name}`,
      },
    ],
  };
};

/** Gives a pod the site's one node as soon as its claims are bound; says in a condition and an Event what it waits for. */
export const decideSchedule = (facts: ScheduleFacts): Decision => {
  const { pod, claims, node } = facts;
  if ((pod.spec?.nodeName ?? '') !== '' || isFinished(pod)) return settled;
  if (pod.metadata.deletionTimestamp !== undefined) return settled;
  if ((pod.spec?.schedulerName ?? 'default-scheduler') !== 'default-scheduler') return settled;
  if ((pod.spec?.schedulingGates ?? []).length > 0) return settled;
  if (!isChosenBy(pod, node))
    return unschedulable(facts, noNode("didn't match Pod's node affinity/selector"));
  const obstacles = claims.flatMap((mounted) => obstacleOf(pod, mounted, node) ?? []);
  const said = obstacles.find(({ reason }) => reason !== '');
  if (said !== undefined) return unschedulable(facts, said.reason);
  if (obstacles.length === 0) return bind(facts);
  const [step] = obstacles.flatMap(({ steps }) => steps ?? []);
  return step === undefined ? settled : only(step);
};
