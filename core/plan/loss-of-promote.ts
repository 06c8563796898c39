import type { ConsentNeed } from '../step/decision.ts';
import type { Loss } from './move.ts';

/** What somebody accepts who lets a promote pass: under that it is asked about, and looked up when it is written. */
export const lossOfPromote = ({ accepts }: Pick<ConsentNeed, 'accepts'>): Loss =>
  accepts.includes('force-promote') ? 'force-promote' : 'lose-since-promote';
