import type { PatchOperation } from '../repair-facts.ts';
import { pointerTo } from './json-pointer.ts';

/** Takes one member out of an object that has it; the steps are the names on the way there. */
export const removeMember = (...steps: readonly string[]): PatchOperation => ({
  op: 'remove',
  path: pointerTo(...steps),
});

/** Takes those of the annotations away that are there; the others stay as they are. */
export const removeAnnotations = (
  annotations: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
): readonly PatchOperation[] =>
  names
    .filter((name) => annotations?.[name] !== undefined)
    .map((name) => removeMember('metadata', 'annotations', name));
