import { resources } from '../../../core/model/resource.ts';
import type { Decision, Effect } from '../runtime/decision.ts';
import { makePod, removePod, setStatus, withoutZeros } from './pod-making.ts';
import {
  compareForRemoval,
  isActive,
  isReady,
  type Pod,
  type ReplicaSet,
  type WorkloadCondition,
} from './workload-objects.ts';

/** Pods made at once, so that a large scale-up is spread over several looks. */
const burst = 100;

/** The condition that a pod was refused. */
export const isFailure = ({ type }: WorkloadCondition): boolean => type === 'ReplicaFailure';

const withoutFailure = ({ status }: ReplicaSet): { conditions?: WorkloadCondition[] | null } => {
  const { conditions = [] } = status ?? {};
  if (!conditions.some(isFailure)) return {};
  const left = conditions.filter((one) => !isFailure(one));
  return { conditions: left.length === 0 ? null : left };
};

/** Tells in the set that its pods are refused; its time stays while it goes on. */
const tellFailure = (set: ReplicaSet, message: string, now: string): Effect[] => {
  const { conditions = [] } = set.status ?? {};
  const lastTransitionTime = conditions.find(isFailure)?.lastTransitionTime ?? now;
  const failure: WorkloadCondition = {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime,
    reason: 'FailedCreate',
    message,
  };
  return setStatus(resources.replicaSets, set, {
    conditions: [...conditions.filter((one) => !isFailure(one)), failure],
  });
};

/**
 * Makes or removes pods until there are as many as wanted, and counts them. `pods` are those that the set owns; `now` is RFC 3339, in
 * seconds.
 */
export const decideReplicaSet = (set: ReplicaSet, pods: readonly Pod[], now: string): Decision => {
  const active = pods.filter(isActive);
  const ready = active.filter(isReady).length;
  const missing = (set.spec?.replicas ?? 1) - active.length;
  const status = setStatus(resources.replicaSets, set, {
    replicas: active.length,
    ...withoutZeros({ fullyLabeledReplicas: active.length, readyReplicas: ready, availableReplicas: ready }),
    observedGeneration: set.metadata.generation ?? 0,
    ...(missing <= 0 && withoutFailure(set)),
  });
  if (set.metadata.deletionTimestamp !== undefined) return { effects: status };
  if (missing > 0) {
    const order = {
      resource: resources.replicaSets,
      owner: set,
      template: set.spec?.template,
      refused: (why: string) => tellFailure(set, why, now),
    };
    return {
      effects: [...status, ...Array.from({ length: Math.min(missing, burst) }, () => makePod(order))],
    };
  }
  const surplus = missing === 0 ? [] : active.toSorted(compareForRemoval).slice(0, -missing);
  return { effects: [...status, ...surplus.map(removePod)] };
};
