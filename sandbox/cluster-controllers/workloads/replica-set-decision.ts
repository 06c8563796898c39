import { resources } from '../../../core/model/resource.ts';
import type { Decision } from '../runtime/decision.ts';
import { makePod, removePod, setStatus, withoutZeros } from './pod-making.ts';
import { compareForRemoval, isActive, isReady, type Pod, type ReplicaSet } from './workload-objects.ts';

/** Pods made at once, so that a large scale-up is spread over several looks. */
const burst = 100;

/** Makes or removes pods until there are as many as wanted, and counts them. `pods` are those that the set owns. */
export const decideReplicaSet = (set: ReplicaSet, pods: readonly Pod[]): Decision => {
  const active = pods.filter(isActive);
  const ready = active.filter(isReady).length;
  const status = setStatus(resources.replicaSets, set, {
    replicas: active.length,
    ...withoutZeros({ fullyLabeledReplicas: active.length, readyReplicas: ready, availableReplicas: ready }),
    observedGeneration: set.metadata.generation ?? 0,
  });
  if (set.metadata.deletionTimestamp !== undefined) return { effects: status };
  const missing = (set.spec?.replicas ?? 1) - active.length;
  if (missing > 0) {
    const order = { resource: resources.replicaSets, owner: set, template: set.spec?.template };
    return {
      effects: [...status, ...Array.from({ length: Math.min(missing, burst) }, () => makePod(order))],
    };
  }
  const surplus = missing === 0 ? [] : active.toSorted(compareForRemoval).slice(0, -missing);
  return { effects: [...status, ...surplus.map(removePod)] };
};
