/** One step of a JSON pointer (RFC 6901): `~` and `/` stand for themselves only when they are escaped, `~` first. */
const escapeStep = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1');

/** The pointer to a member of an object; the steps are the names on the way there. */
export const pointerTo = (...steps: readonly string[]): string =>
  steps.map((step) => `/${escapeStep(step)}`).join('');
