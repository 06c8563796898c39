import { shellWord } from '../../rules/guard/commands.ts';
import type { RestoreConflict } from '../conflict.ts';
import type { Target } from '../target.ts';

/** Nothing can be created in a namespace that is being deleted. */
export const namespaceTerminating = (name: string, target: Target): RestoreConflict | undefined => {
  const object = { kind: 'Namespace', namespace: undefined, name };
  const there = target.object(object);
  if (!there.known || there.value?.metadata.deletionTimestamp === undefined) return undefined;
  return {
    object,
    fact: `it is being deleted on ${target.site.name}`,
    next: `wait until it is gone: ${target.site.kubectl} wait --for=delete ns/${shellWord(name)} --timeout=5m`,
    flags: { words: `--map-namespace ${shellWord(name)}=OTHER`, servesMove: false },
  };
};
