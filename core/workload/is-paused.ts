import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Manager } from './workload.ts';

const holds = (value: unknown, patch: unknown): boolean => {
  if (typeof patch !== 'object' || patch === null) return value === patch;
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.entries(patch).every(([name, wanted]) => holds(fields.get(name), wanted));
};

/** Whether a manager's object is paused already: then it is not ours to let go on. */
export const isPaused = ({ patch }: NonNullable<Manager['pause']>, object: KubernetesObject): boolean =>
  holds(object, patch);
