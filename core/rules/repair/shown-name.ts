import type { ObjectMeta } from '../../model/kubernetes-object.ts';

/** An object's name for texts: `generateName` with a star where the server has not named it yet. */
export const shownName = ({ name, generateName }: ObjectMeta): string => name ?? `${generateName ?? ''}*`;
