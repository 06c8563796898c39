import type { PersistentVolumeClaim } from '../../model/persistent-volume.ts';
import { kubectl, shellWord } from '../guard/commands.ts';
import { oneLine } from '../one-line.ts';
import type { Repair } from '../repair-facts.ts';
import { binderAnnotations } from './binder-annotations.ts';
import { removeAnnotations } from './remove-member.ts';
import { shownName } from './shown-name.ts';

/**
 * DR203. A claim that is being created was never bound here, so bind annotations on it are those of another cluster.
 * With `bind-completed` it ends `Lost`, also where its volume is reserved for it (recorded from kube-apiserver 1.36).
 */
export const mendClaim = ({ metadata }: PersistentVolumeClaim): Repair => {
  const patch = removeAnnotations(metadata.annotations, [
    binderAnnotations.bindCompleted,
    binderAnnotations.boundByController,
  ]);
  if (patch.length === 0) return { patch, done: [] };
  const name = shownName(metadata);
  const namespace = oneLine(metadata.namespace ?? 'default');
  const message =
    `claim ${name} arrived with the bind annotations of another cluster, with which it would have ended Lost; ` +
    `they were removed. See it bind: ${kubectl({ namespace }, `get pvc ${shellWord(name)}`)}`;
  return { patch, done: [{ code: 'DR203', message }] };
};
