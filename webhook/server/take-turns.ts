import { setImmediate as nextTurn } from 'node:timers/promises';

/** Does pieces of work that hold the process one after the other, and lets everything else go on between two of them. */
export type Turns = <T>(work: () => T) => Promise<T>;

/** A queue for work that takes long enough to delay others. */
export const takeTurns = (): Turns => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(() => nextTurn()).then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
};
