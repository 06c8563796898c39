import { describe, expect, it } from 'vitest';
import { createCoalescing } from '../../kube/coalesce.ts';

/** A question whose answers the test gives, one after the other. */
const askedByHand = () => {
  const open: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  return {
    open,
    ask: () => new Promise<number>((resolve, reject) => open.push({ resolve, reject })),
  };
};

/** Lets everything that only waits for promises go on. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('asking the same', () => {
  it('sends one request at a time: who comes while one is under way shares the next one', async () => {
    const coalesce = createCoalescing();
    const { open, ask } = askedByHand();
    const first = coalesce('a', ask);
    const others = Array.from({ length: 1000 }, () => coalesce('a', ask));
    expect(open).toHaveLength(1);
    open[0]?.resolve(1);
    expect(await first).toBe(1);
    await turn();
    expect(open).toHaveLength(2);
    open[1]?.resolve(2);
    expect(new Set(await Promise.all(others))).toEqual(new Set([2]));
  });

  it('gives nobody an answer to what was sent before they asked', async () => {
    const coalesce = createCoalescing();
    const { open, ask } = askedByHand();
    const first = coalesce('a', ask);
    open[0]?.resolve(1);
    await first;
    const later = coalesce('a', ask);
    await turn();
    expect(open).toHaveLength(2);
    open[1]?.resolve(2);
    expect(await later).toBe(2);
  });

  it('goes on after a failure, which those share who waited for it', async () => {
    const coalesce = createCoalescing();
    const { open, ask } = askedByHand();
    const [first, second, third] = [coalesce('a', ask), coalesce('a', ask), coalesce('a', ask)];
    open[0]?.reject(new Error('down'));
    await expect(first).rejects.toThrow('down');
    await turn();
    open[1]?.reject(new Error('still down'));
    await expect(second).rejects.toThrow('still down');
    await expect(third).rejects.toThrow('still down');
    const fourth = coalesce('a', ask);
    open[2]?.resolve(3);
    expect(await fourth).toBe(3);
  });

  it('keeps questions apart', async () => {
    const coalesce = createCoalescing();
    const answers = await Promise.all([
      coalesce('a', () => Promise.resolve(1)),
      coalesce('b', () => Promise.resolve(2)),
    ]);
    expect(answers).toEqual([1, 2]);
  });
});
