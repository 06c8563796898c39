import type { ObjectMeta } from '../../model/kubernetes-object.ts';
import { oneLine } from '../one-line.ts';

/**
 * An object's name for texts: `generateName` with a star where the server has not named it yet. The server checks names
 * only after mutating webhooks, so this one may hold anything.
 */
export const shownName = ({ name, generateName }: ObjectMeta): string =>
  oneLine(name ?? `${generateName ?? ''}*`);
