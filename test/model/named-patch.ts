import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import { mergePatch } from '../../core/restore/merge-patch.ts';
import type { MovingWorld } from './moving-world.ts';

const patchOfVolume = /^kubectl --context (\S+) patch pv (\S+) -p '(\{.*\})'$/;

/** Makes the patch of a PV that a refusal names as the next command; false where it names none. */
export const takeNamedPatch = ({ sites }: MovingWorld, text: string): boolean => {
  const [, context, name = '', body = ''] = patchOfVolume.exec(text) ?? [];
  const site = sites.find(({ guarded }) => guarded.name === context);
  const before = site?.guarded.simulated.find<KubernetesObject>(resources.persistentVolumes, { name });
  if (site === undefined || before === undefined) return false;
  const after = mergePatch(before, JSON.parse(body)) as KubernetesObject;
  site.guarded.simulated.store(resources.persistentVolumes, after);
  return true;
};
