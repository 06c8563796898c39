import { expect, test } from 'vitest';
import { createKeyedLock } from '../../controller/keyed-lock.ts';

test('tasks of one key follow each other, those of others do not wait', async () => {
  const lock = createKeyedLock();
  const log: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = lock.run('a', async () => {
    log.push('first begins');
    await gate.promise;
    log.push('first ends');
  });
  const second = lock.run('a', async () => void log.push('second'));
  await lock.run('b', async () => void log.push('other'));
  gate.resolve();
  await Promise.all([first, second]);
  expect(log).toEqual(['first begins', 'other', 'first ends', 'second']);
});

test('a task that fails does not hold up the next', async () => {
  const lock = createKeyedLock();
  const failing = lock.run('a', () => Promise.reject(new Error('broken')));
  const next = lock.run('a', async () => 'done');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('done');
});
