import type { PatchOperation } from '../repair-facts.ts';

/** One step of a JSON pointer (RFC 6901): `~` and `/` stand for themselves only when they are escaped, `~` first. */
const escapeStep = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1');

/** Takes one member out of an object that has it; the steps are the names on the way there. */
export const removeMember = (...steps: readonly string[]): PatchOperation => ({
  op: 'remove',
  path: steps.map((step) => `/${escapeStep(step)}`).join(''),
});

/** Takes those of the annotations away that are there; the others stay as they are. */
export const removeAnnotations = (
  annotations: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
): readonly PatchOperation[] =>
  names
    .filter((name) => annotations?.[name] !== undefined)
    .map((name) => removeMember('metadata', 'annotations', name));
