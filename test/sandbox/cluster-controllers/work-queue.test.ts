import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createWorkQueue, retryDelayMs } from '../../../sandbox/cluster-controllers/runtime/work-queue.ts';

const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await delay(2);
  expect(holds()).toBe(true);
};

const open = (handle: (key: string) => Promise<number | undefined>, concurrency = 2) => {
  const stop = new AbortController();
  const failures: string[] = [];
  const queue = createWorkQueue({
    handle,
    concurrency,
    random: () => 0,
    onFailure: (key) => failures.push(key),
    signal: stop.signal,
  });
  return { queue, failures, stop };
};

describe('the work queue', () => {
  it('looks at a key once more when it came again while at work, however often it came', async () => {
    let looks = 0;
    const gate = Promise.withResolvers<void>();
    const { queue } = open(async () => {
      looks += 1;
      if (looks === 1) await gate.promise;
      return undefined;
    });
    for (let count = 0; count < 5; count += 1) queue.add('a');
    gate.resolve();
    await until(() => queue.busy === 0);
    expect(looks).toBe(2);
  });

  it('works on as many keys at a time as it may', async () => {
    let most = 0;
    let running = 0;
    const { queue } = open(async () => {
      running += 1;
      most = Math.max(most, running);
      await delay(1);
      running -= 1;
      return undefined;
    });
    for (const key of 'abcdef') queue.add(key);
    await until(() => queue.busy === 0);
    expect(most).toBe(2);
  });

  it('comes back to a key that failed', async () => {
    let looks = 0;
    const { queue, failures } = open(async () => {
      looks += 1;
      if (looks < 3) throw new Error('not yet');
      return undefined;
    });
    queue.add('a');
    await until(() => looks === 3);
    expect(failures).toEqual(['a', 'a']);
  });

  it('comes back to a key that asked for it', async () => {
    let looks = 0;
    const { queue } = open(async () => {
      looks += 1;
      return looks === 1 ? 1 : undefined;
    });
    queue.add('a');
    await until(() => looks === 2);
  });

  it('takes nothing on after its end', async () => {
    let looks = 0;
    const { queue, stop } = open(async () => {
      looks += 1;
      return 1;
    });
    queue.add('a');
    stop.abort();
    queue.add('b');
    await delay(20);
    expect(looks).toBe(1);
  });

  it('waits longer from failure to failure, up to half a minute', () => {
    const delays = [0, 1, 2, 30].map((count) => retryDelayMs(count, () => 1));
    expect(delays).toEqual([25, 50, 100, 30_000]);
    expect(retryDelayMs(0, () => 0)).toBe(12.5);
  });
});
