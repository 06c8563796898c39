import { messageOf } from '../../core/model/error.ts';
import { apiVersionOf } from '../../core/model/resource.ts';
import { workloadFieldManager } from '../../core/workload/field-manager.ts';
import { stopByHand } from '../../core/workload/stop-by-hand.ts';
import { stopPatch } from '../../core/workload/stop-workload.ts';
import type { Unstoppable } from '../../core/workload/unstopped-owners.ts';
import { type Workload, workloadText } from '../../core/workload/workload.ts';
import { isForbidden, isNotFound } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';

/**
 * Asks the server whether each of these workloads can be stopped, by a dry run: an operator's kind may want at least one replica, or have a
 * webhook that refuses none. Who may only look is told nothing here: their own stop fails before anything is down.
 */
export const tryStops = async (
  site: Site,
  workloads: readonly Workload[],
  signal: AbortSignal,
): Promise<readonly Unstoppable[]> => {
  const tried = workloads.map(async (workload): Promise<Unstoppable[]> => {
    const patch = stopPatch(workload);
    if (patch === undefined) return [];
    const { resource, namespace, name, object } = workload;
    try {
      await site.cluster.patch(resource, { namespace, name }, patch, {
        type: 'merge',
        fieldManager: workloadFieldManager,
        dryRun: true,
        signal,
      });
      return [];
    } catch (error) {
      signal.throwIfAborted();
      if (isForbidden(error) || isNotFound(error)) return [];
      const owner = { apiVersion: apiVersionOf(resource), kind: resource.kind, name };
      return [
        {
          message: `${workloadText(workload)} cannot be scaled to 0: ${messageOf(error).replace(`${site.name}: `, '')}`,
          next: stopByHand({ owner, namespace, object }, site.kubectl),
        },
      ];
    }
  });
  return (await Promise.all(tried)).flat();
};
