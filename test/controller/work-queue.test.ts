import { expect, test } from 'vitest';
import { backoffDelay, createWorkQueue, withJitter } from '../../controller/work-queue.ts';
import type { Requeue } from '../../core/replication/step.ts';
import { eventually } from '../kube/embedded-cluster.ts';

const never: Requeue = { when: 'never' };

/** A queue whose work the test ends itself. */
const heldQueue = (workers: number) => {
  const begun: string[] = [];
  const open = new Map<string, (requeue: Requeue) => void>();
  const parked: string[] = [];
  const failed: string[] = [];
  const queue = createWorkQueue({
    workers,
    random: () => 0,
    park: (key) => parked.push(key),
    onError: (key) => failed.push(key),
    process: (key) => {
      begun.push(key);
      return new Promise((resolve) => open.set(key, resolve));
    },
  });
  const end = async (key: string, requeue: Requeue = never): Promise<void> => {
    open.get(key)?.(requeue);
    open.delete(key);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue, begun, end, parked, failed };
};

test('keys that are added before the start are worked on after it, each once', () => {
  const { queue, begun } = heldQueue(10);
  for (const key of ['a', 'b', 'a']) queue.add(key);
  expect(begun).toEqual([]);
  queue.start();
  expect(begun).toEqual(['a', 'b']);
});

test('no more keys run at a time than there are workers', async () => {
  const { queue, begun, end } = heldQueue(2);
  queue.start();
  for (const key of ['a', 'b', 'c']) queue.add(key);
  expect(begun).toEqual(['a', 'b']);
  expect(queue.stats()).toEqual({ waiting: 1, running: 2, delayed: 0 });
  await end('b');
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('a key that changes while it is worked on comes again, once and not at the same time', async () => {
  const { queue, begun, end } = heldQueue(5);
  queue.start();
  queue.add('a');
  queue.add('a');
  queue.add('a');
  expect(begun).toEqual(['a']);
  await end('a');
  expect(begun).toEqual(['a', 'a']);
  await end('a');
  expect(begun).toEqual(['a', 'a']);
});

test('a change overtakes the delay of a key', async () => {
  const { queue, begun, end } = heldQueue(5);
  queue.start();
  queue.add('a');
  await end('a', { when: 'after', ms: 60_000 });
  expect(queue.stats().delayed).toBe(1);
  queue.add('a');
  expect(begun).toEqual(['a', 'a']);
  expect(queue.stats().delayed).toBe(0);
});

test('a failing key comes again after a delay that grows, and success forgets it', async () => {
  const { queue, begun, end } = heldQueue(5);
  queue.start();
  queue.add('a');
  for (let count = 1; count <= 4; count += 1) {
    await end('a', { when: 'backoff', capMs: 60_000 });
    await eventually(() => expect(begun).toHaveLength(count + 1));
  }
  await end('a', { when: 'after', ms: 1 });
  await eventually(() => expect(begun).toHaveLength(6));
});

test('work that throws is told of and tried again', async () => {
  const failed: string[] = [];
  let count = 0;
  const queue = createWorkQueue({
    workers: 1,
    random: () => 0,
    park: () => undefined,
    onError: (key, error) => failed.push(`${key}: ${(error as Error).message}`),
    process: async () => {
      count += 1;
      if (count < 3) throw new Error(`attempt ${count}`);
      return never;
    },
  });
  queue.start();
  queue.add('a');
  await eventually(() => expect(count).toBe(3));
  expect(failed).toEqual(['a: attempt 1', 'a: attempt 2']);
});

test('a key that waits for the driver is parked', async () => {
  const { queue, end, parked } = heldQueue(1);
  queue.start();
  queue.add('a');
  await end('a', { when: 'driver-ready' });
  expect(parked).toEqual(['a']);
});

test('waiting for the driver forgets no failures', async () => {
  const { queue, begun, end } = heldQueue(1);
  queue.start();
  queue.add('a');
  for (let count = 0; count < 9; count += 1) {
    await end('a', { when: 'backoff', capMs: 60_000 });
    queue.add('a');
    await end('a', { when: 'driver-ready' });
    queue.add('a');
  }
  await end('a', { when: 'backoff', capMs: 60_000 });
  const before = begun.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(begun).toHaveLength(before);
  await queue.drain();
});

test('a delay longer than timers go is waited for all the same', async () => {
  const { queue, begun } = heldQueue(1);
  queue.start();
  queue.addAfter('a', 60 * 86_400_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(begun).toEqual([]);
  await queue.drain();
});

test('draining ends what runs and begins nothing more', async () => {
  const { queue, begun, end } = heldQueue(1);
  queue.start();
  queue.add('a');
  queue.add('b');
  let isDrained = false;
  const drained = queue.drain().then(() => {
    isDrained = true;
  });
  queue.add('c');
  await new Promise((resolve) => setImmediate(resolve));
  expect(isDrained).toBe(false);
  await end('a', { when: 'after', ms: 1 });
  await drained;
  expect(begun).toEqual(['a']);
  expect(queue.stats()).toEqual({ waiting: 0, running: 0, delayed: 0 });
});

test('the back-off is 5 ms doubling to its cap, of which jitter takes up to half', () => {
  expect([1, 2, 3, 14, 15, 1_000].map((failures) => backoffDelay(failures, 60_000, () => 1))).toEqual([
    5, 10, 20, 40_960, 60_000, 60_000,
  ]);
  expect(backoffDelay(3, 60_000, () => 0)).toBe(10);
  expect([1, 2, 5, 6].map((failures) => backoffDelay(failures, 15_000, () => 1, 1_000))).toEqual([
    1_000, 2_000, 15_000, 15_000,
  ]);
});

test('a steady wait gets up to a tenth more', () => {
  expect([withJitter(1_000, () => 0), withJitter(1_000, () => 1)]).toEqual([1_000, 1_100]);
});
