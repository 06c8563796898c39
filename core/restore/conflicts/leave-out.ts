import type { ConflictFlags } from '../conflict.ts';

/** How `restore` is told to leave a claim out: by what it is to take. */
export const byName: ConflictFlags = { words: '--pvc NAME of each, or -l SELECTOR', servesMove: false };
