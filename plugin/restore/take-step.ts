import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { Step } from '../../core/restore/plan.ts';
import type { Site } from '../door/clusters.ts';

/** How steps are written. */
export type WriteOptions = { readonly dryRun: boolean; readonly signal: AbortSignal };

/** Who owns the fields that a restore writes. */
const fieldManager = 'kubectl-dr';

/**
 * Takes one step on the target and answers the object as it then is; with `dryRun` the server tries it and stores nothing. Rejects
 * with the server's error: `AlreadyExists` or `Conflict` where somebody else wrote meanwhile.
 */
export const takeStep = async (
  step: Step,
  { cluster }: Site,
  { dryRun, signal }: WriteOptions,
): Promise<KubernetesObject> => {
  const { resource, object } = step;
  const options = { dryRun, fieldManager, signal };
  if (step.action === 'keep') return object;
  if (step.action === 'create') return cluster.create(resource, object, options);
  const { name = '', namespace } = object.metadata;
  const key = { name, ...(namespace !== undefined && { namespace }) };
  return cluster.patch(resource, key, step.patch, { ...options, type: 'merge' });
};
