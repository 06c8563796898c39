import { setTimeout as delay } from 'node:timers/promises';

/** Asks again until the condition holds; throws with what was waited for when the deadline (milliseconds) passes. */
export const until = async (
  what: string,
  deadlineMs: number,
  condition: () => Promise<boolean>,
): Promise<void> => {
  const end = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
    await delay(50);
  }
};
