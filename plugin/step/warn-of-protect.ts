import { objectText } from '../../core/check/finding.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import { namespacesOfStatefulSets, warningsOfProtect } from '../../core/step/warn-of-protect.ts';
import { type Planned, type StepRun, tell } from './step-run.ts';

/** Whoever may not list them learns of the same by `check`, which says what it could not read. */
const listStatefulSets = async (
  { sites, io }: StepRun,
  namespace: string,
): Promise<readonly KubernetesObject[]> => {
  try {
    const { signal } = io;
    return (await sites.here.cluster.listAll(resources.statefulSets, { namespace, signal })).items;
  } catch {
    io.signal.throwIfAborted();
    return [];
  }
};

/** Tells before anything is written what stands against the safety of these claims, though no rule refuses to protect them. */
export const warnOfProtect = async (run: StepRun, planned: readonly Planned[]): Promise<void> => {
  const namespaces = namespacesOfStatefulSets(planned);
  const lists = await Promise.all(namespaces.map((namespace) => listStatefulSets(run, namespace)));
  for (const { key, found } of warningsOfProtect(planned, lists.flat())) {
    const { code, message, next, object } = found;
    const isOther = object !== undefined && object.kind !== 'PersistentVolumeClaim';
    tell(run, key, {
      type: 'Warning',
      code,
      message: isOther ? `${objectText(object)} ${message}` : message,
      next,
    });
  }
};
