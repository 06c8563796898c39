import type { BackedUpFile } from './backup-index.ts';

/** What `INDEX` calls the kind of the files that keep all objects raw, a JSON object a line. They are for people, not for restores. */
export const originalsKind = 'Originals';

/** Whether a file of a backup keeps originals; every other file holds one object. */
export const isOriginals = ({ kind }: Pick<BackedUpFile, 'kind'>): boolean => kind === originalsKind;
