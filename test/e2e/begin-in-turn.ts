// Procedures that go on side by side, and do not all begin at one moment.
import { once } from 'node:events';
import { type Spawned, spawnDr } from './spawned-command.ts';

/** To begin takes a core, and both servers: who begins beside many others is answered too late by either. Then they mostly wait. */
const beginAtOnce = 3;

/** Starts commands, so many at a time; the others wait until one of those has said anything, or has ended. */
export const beginInTurn = (): ((words: readonly string[], env: NodeJS.ProcessEnv) => Promise<Spawned>) => {
  let free = beginAtOnce;
  const waiting: (() => void)[] = [];
  const enter = async (): Promise<void> => {
    if (free === 0) return new Promise((resolve) => waiting.push(resolve));
    free -= 1;
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async (words, env) => {
    await enter();
    const spawned = spawnDr(words, env);
    void Promise.race([once(spawned.child.stdout!, 'data'), spawned.ended]).then(leave);
    return spawned;
  };
};
