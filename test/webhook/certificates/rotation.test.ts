import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lifetimes, nextRotationStep, type RotationFacts } from '../../../webhook/certificates/rotation.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 5, 1);
const { authorityMs, leafMs, backdateMs, settleMs } = lifetimes;

/** A life that began so many days ago. */
const begun = (daysAgo: number, lengthMs: number) => ({
  notBefore: now - daysAgo * day - backdateMs,
  notAfter: now - daysAgo * day + lengthMs,
});

type Stored = NonNullable<RotationFacts['stored']>;

const fresh: Stored = {
  authority: begun(1, authorityMs),
  leaf: { ...begun(1, leafMs), fits: true },
  next: undefined,
  old: undefined,
};

const cases: [string, Partial<RotationFacts> & { stored: Stored | undefined }, string | undefined][] = [
  ['nothing is stored: a new start', { stored: undefined }, 'start-over'],
  ['everything is fresh: nothing', { stored: fresh }, undefined],
  ['the leaf is missing: a new one', { stored: { ...fresh, leaf: undefined } }, 'renew-leaf'],
  [
    'the leaf lacks a name',
    { stored: { ...fresh, leaf: { ...begun(1, leafMs), fits: false } } },
    'renew-leaf',
  ],
  [
    'the leaf has lived two thirds',
    { stored: { ...fresh, leaf: { ...begun(21, leafMs), fits: true } } },
    'renew-leaf',
  ],
  [
    'the leaf has not lived two thirds',
    { stored: { ...fresh, leaf: { ...begun(19, leafMs), fits: true } } },
    undefined,
  ],
  [
    'the leaf has expired while everything was down',
    { stored: { ...fresh, leaf: { ...begun(40, leafMs), fits: true } } },
    'renew-leaf',
  ],
  [
    'the leaf was made by a clock ahead of ours',
    { stored: { ...fresh, leaf: { ...begun(-3, leafMs), fits: true } } },
    'renew-leaf',
  ],
  [
    'a leaf that ends with its authority is not renewed over and over',
    {
      stored: {
        ...fresh,
        authority: { notBefore: now - 360 * day, notAfter: now + day },
        leaf: { notBefore: now - 10 * day, notAfter: now + day, fits: true },
        next: begun(0, authorityMs),
      },
    },
    undefined,
  ],
  [
    'the authority has lived two thirds: publish another',
    { stored: { ...fresh, authority: begun(250, authorityMs) } },
    'prepare',
  ],
  [
    'the authority has expired while everything was down',
    { stored: { ...fresh, authority: begun(400, authorityMs) } },
    'start-over',
  ],
  [
    'the authority was made by a clock ahead of ours',
    { stored: { ...fresh, authority: begun(-3, authorityMs) } },
    'start-over',
  ],
  [
    'the next authority is not seen everywhere: wait',
    { stored: { ...fresh, authority: begun(250, authorityMs), next: begun(0, authorityMs) } },
    undefined,
  ],
  [
    'the next authority was seen everywhere a moment ago: API servers may not know it yet',
    {
      stored: { ...fresh, authority: begun(250, authorityMs), next: begun(0, authorityMs) },
      nextSeenMs: settleMs - 1,
    },
    undefined,
  ],
  [
    'the next authority is known everywhere: switch',
    {
      stored: { ...fresh, authority: begun(250, authorityMs), next: begun(0, authorityMs) },
      nextSeenMs: settleMs,
    },
    'switch',
  ],
  [
    'the authority expired while the next one was waiting: switching is better than a new start',
    {
      stored: { ...fresh, authority: begun(400, authorityMs), next: begun(0, authorityMs) },
      nextSeenMs: settleMs,
    },
    'switch',
  ],
  [
    'the leaf is renewed while a rotation waits for the registrations',
    {
      stored: {
        authority: begun(250, authorityMs),
        leaf: { ...begun(25, leafMs), fits: true },
        next: begun(5, authorityMs),
        old: undefined,
      },
    },
    'renew-leaf',
  ],
  [
    'a next authority that has expired unused is made again',
    { stored: { ...fresh, next: begun(400, authorityMs) }, nextSeenMs: settleMs },
    'prepare',
  ],
  [
    'the old authority may still be needed: it stays',
    { stored: { ...fresh, old: { retireAfter: now + 1 } } },
    undefined,
  ],
  [
    'the old authority is needed no more: it goes',
    { stored: { ...fresh, old: { retireAfter: now } } },
    'retire',
  ],
  [
    'no rotation begins while an old authority is still published',
    { stored: { ...fresh, authority: begun(250, authorityMs), old: { retireAfter: now + day } } },
    undefined,
  ],
];

describe('the next step of a rotation', () => {
  test.each(cases)('%s', (_, facts, step) => {
    expect(nextRotationStep({ now, nextSeenMs: undefined, ...facts })?.step).toBe(step);
  });

  const anyLife = fc
    .tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: 1, max: 500 }))
    .map(([start, length]) => ({ notBefore: now + start * day, notAfter: now + (start + length) * day }));
  const anyStored = fc.record({
    authority: anyLife,
    leaf: fc.option(
      fc.tuple(anyLife, fc.boolean()).map(([life, fits]) => ({ ...life, fits })),
      { nil: undefined },
    ),
    next: fc.option(anyLife, { nil: undefined }),
    old: fc.option(fc.record({ retireAfter: fc.integer({ min: now - 50 * day, max: now + 50 * day }) }), {
      nil: undefined,
    }),
  });

  /** What a step leaves behind, without any key. */
  const after = (stored: Stored | undefined, step: string): Stored => {
    const authority = { notBefore: now - backdateMs, notAfter: now + authorityMs };
    const leafOf = ({ notAfter }: { notAfter: number }) => ({
      notBefore: now - backdateMs,
      notAfter: Math.min(now + leafMs, notAfter),
      fits: true,
    });
    if (stored === undefined || step === 'start-over')
      return { authority, leaf: leafOf(authority), next: undefined, old: { retireAfter: now + leafMs } };
    if (step === 'renew-leaf') return { ...stored, leaf: leafOf(stored.authority) };
    if (step === 'prepare') return { ...stored, next: authority };
    if (step === 'retire') return { ...stored, old: undefined };
    const next = stored.next!;
    return { authority: next, leaf: leafOf(next), next: undefined, old: { retireAfter: now + leafMs } };
  };

  test('it comes to rest within four steps, whatever is stored and whatever the clock says', () => {
    fc.assert(
      fc.property(fc.option(anyStored, { nil: undefined }), fc.boolean(), (given, isSeen) => {
        let stored: Stored | undefined = given;
        for (let steps = 0; steps <= 4; steps += 1) {
          const seen = isSeen && steps === 0 ? settleMs : undefined;
          const due = nextRotationStep({ now, stored, nextSeenMs: seen });
          if (due === undefined) {
            expect(stored!.leaf!.notBefore <= now && now < stored!.leaf!.notAfter).toBe(true);
            expect(stored!.authority.notBefore <= now && now < stored!.authority.notAfter).toBe(true);
            return;
          }
          stored = after(stored, due.step);
        }
        expect.fail('still not at rest');
      }),
      { numRuns: 2_000 },
    );
  });
});
