import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConsentSighting, type ConsentUse, isConsentUsed, noteConsent } from '../../core/consent-use.ts';

const at = (generation: number, text?: string): ConsentSighting => ({ generation, text });

/** What is known after an informer has shown these, one after the other; the first is in its first list. */
const seen = (...sightings: readonly ConsentSighting[]): ConsentUse | undefined =>
  sightings.reduce<ConsentUse | undefined>(
    (use, sighting, index) => noteConsent(use, { ...sighting, isFirstList: index === 0 }),
    undefined,
  );

type Case = {
  title: string;
  use: ConsentUse | undefined;
  stored: ConsentSighting | undefined;
  text: string | undefined;
  isUsed: boolean;
};

const cases: Case[] = [
  { title: 'no annotation uses nothing', use: seen(at(3)), stored: at(3), text: undefined, isUsed: false },
  {
    title: 'annotation first, spec afterwards',
    use: seen(at(3), at(3, 'A')),
    stored: at(3, 'A'),
    text: 'A',
    isUsed: false,
  },
  { title: 'both at once', use: seen(at(3)), stored: at(3), text: 'A', isUsed: false },
  {
    title: 'a second change of the spec after annotation and spec',
    use: seen(at(3), at(3, 'A'), at(4, 'A')),
    stored: at(4, 'A'),
    text: 'A',
    isUsed: true,
  },
  {
    title: 'a second change of the spec after both at once',
    use: seen(at(3), at(4, 'A')),
    stored: at(4, 'A'),
    text: 'A',
    isUsed: true,
  },
  {
    title: 'another consent after the first was used',
    use: seen(at(3), at(4, 'A')),
    stored: at(4, 'A'),
    text: 'B',
    isUsed: false,
  },
  {
    title: 'another consent that was written down before',
    use: seen(at(3), at(4, 'A'), at(4, 'B')),
    stored: at(4, 'B'),
    text: 'B',
    isUsed: false,
  },
  {
    title: 'a consent that was used is not fresh for being written again',
    use: seen(at(3), at(4, 'A'), at(4)),
    stored: at(4),
    text: 'A',
    isUsed: true,
  },
  {
    title: 'a consent that was replaced unused is fresh when it comes back',
    use: seen(at(3, 'A'), at(3, 'B')),
    stored: at(3, 'B'),
    text: 'A',
    isUsed: false,
  },
  {
    title: 'what stands on an object when the process starts is fresh',
    use: seen(at(9, 'A')),
    stored: at(9, 'A'),
    text: 'A',
    isUsed: false,
  },
  {
    title: 'an object that is created with its consent has used it for that',
    use: noteConsent(undefined, at(1, 'A')),
    stored: at(1, 'A'),
    text: 'A',
    isUsed: true,
  },
  { title: 'an object that is created now', use: undefined, stored: undefined, text: 'A', isUsed: false },
  {
    title: 'an object that no informer has shown yet may have used it when it was created',
    use: undefined,
    stored: at(1, 'A'),
    text: 'A',
    isUsed: true,
  },
  {
    title: 'an object that no informer has shown yet, with a consent that comes now',
    use: undefined,
    stored: at(1),
    text: 'A',
    isUsed: false,
  },
  {
    title: 'the informer has not shown the annotation yet, and the spec is the one it showed',
    use: seen(at(3)),
    stored: at(3, 'A'),
    text: 'A',
    isUsed: false,
  },
  {
    title: 'the informer has not shown that the spec changed, and it may have changed with the annotation',
    use: seen(at(3)),
    stored: at(4, 'A'),
    text: 'A',
    isUsed: true,
  },
  {
    title: 'the informer has not shown that the spec changed under the annotation',
    use: seen(at(3, 'A')),
    stored: at(4, 'A'),
    text: 'A',
    isUsed: true,
  },
  {
    title: 'the informer has not shown that the spec changed, and the consent comes only now',
    use: seen(at(3)),
    stored: at(4),
    text: 'A',
    isUsed: false,
  },
  {
    title:
      'the informer has not shown that the spec changed under a consent that was taken away and comes again',
    use: seen(at(3, 'A')),
    stored: at(4),
    text: 'A',
    isUsed: true,
  },
  {
    title: 'the informer missed the change between: with the annotation, or before it, nobody knows',
    use: seen(at(3), at(5, 'A')),
    stored: at(5, 'A'),
    text: 'A',
    isUsed: true,
  },
  {
    title: 'changes without the annotation use nothing of it',
    use: seen(at(3), at(4), at(5), at(5, 'A')),
    stored: at(5, 'A'),
    text: 'A',
    isUsed: false,
  },
];

it.each(cases)('$title', ({ use, stored, text, isUsed }) => {
  expect(isConsentUsed(use, { stored, text })).toBe(isUsed);
});

it('remembers texts only', () => {
  expect(seen(at(3), at(4), at(5, 'A'), at(6, 'A'))?.spent).toEqual(['A']);
});

it('forgets what was used so long ago that it has expired', () => {
  const sightings = Array.from({ length: 200 }, (_, index) => at(index + 2, `text ${index}`));
  expect(seen(at(1), ...sightings)?.spent.length).toBeLessThanOrEqual(16);
});

describe('whatever happens, and however far behind the informer is', () => {
  type Deed = {
    readonly changesSpec: boolean;
    readonly writes: 'nothing' | 'text' | 'removal';
    readonly lag: number;
  };
  const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
    fc.record({
      changesSpec: fc.boolean(),
      writes: fc.constantFrom('nothing', 'text', 'removal'),
      lag: fc.nat(6),
    }),
    { maxLength: 40 },
  );

  /** Plays changes of one object; each text is written once. Answers how many changes of the spec each was good for. */
  const play = (history: readonly Deed[]): ReadonlyMap<string, number> => {
    const shown: ConsentSighting[] = [at(1)];
    let stored = at(1);
    let use = seen(stored);
    let next = 1;
    const good = new Map<string, number>();
    history.forEach(({ changesSpec, writes, lag }, index) => {
      const until = Math.max(next, shown.length - lag);
      for (const sighting of shown.slice(next, until)) use = noteConsent(use, sighting);
      next = until;
      const text = { nothing: stored.text, text: `text ${index}`, removal: undefined }[writes];
      if (changesSpec && text !== undefined) {
        if (isConsentUsed(use, { stored, text })) return;
        good.set(text, (good.get(text) ?? 0) + 1);
      }
      stored = at(stored.generation + (changesSpec ? 1 : 0), text);
      shown.push(stored);
    });
    return good;
  };

  it('no consent is good for two changes of the spec', () => {
    fc.assert(
      fc.property(deeds, (history) => {
        for (const [, times] of play(history)) expect(times).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  it('a consent is good for one change once the informer has caught up', () => {
    fc.assert(
      fc.property(deeds, (history) => {
        const good = play([
          ...history,
          { changesSpec: false, writes: 'text', lag: 0 },
          { changesSpec: true, writes: 'nothing', lag: 0 },
        ]);
        expect(good.get(`text ${history.length}`)).toBe(1);
      }),
      { numRuns: 500 },
    );
  });
});
