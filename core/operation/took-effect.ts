import type { Operation } from './read-record.ts';

/** Whether a move took effect: something was promoted, so that its volumes are where it was going. */
export const tookEffect = ({
  verb,
  phase,
  pointOfNoReturnAt,
}: Pick<Operation, 'verb' | 'phase' | 'pointOfNoReturnAt'>): boolean =>
  verb !== 'Undo' && (phase === 'Succeeded' || (pointOfNoReturnAt !== undefined && phase !== 'Undone'));
