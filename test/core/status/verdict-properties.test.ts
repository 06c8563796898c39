import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import type { OperationRecord } from '../../../core/operation/operation-record.ts';
import { assess } from '../../../core/status/assess.ts';
import type { SiteSnapshot } from '../../../core/status/snapshot.ts';
import { record } from '../operation/records.ts';
import { ago, conditionSets, darkSite, now, site, type VrSketch, vr } from './objects.ts';

type SetName = keyof typeof conditionSets;

const sketches: fc.Arbitrary<VrSketch> = fc.record(
  {
    wants: fc.constantFrom('primary', 'secondary', 'resync'),
    state: fc.constantFrom('Primary', 'Secondary', 'Unknown', ''),
    sets: fc.array(fc.constantFrom(...(Object.keys(conditionSets) as SetName[])), { maxLength: 3 }),
    changed: fc.integer({ min: 0, max: 500 }),
    asked: fc.integer({ min: 0, max: 500 }),
    synced: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
    generation: fc.integer({ min: 1, max: 3 }),
    observed: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    autoResync: fc.boolean(),
    hasStatus: fc.boolean(),
    className: fc.constantFrom('every-5m', 'no-schedule', 'journal', 'missing'),
  },
  { requiredKeys: [] },
);

const operations: fc.Arbitrary<OperationRecord[]> = fc.array(
  fc
    .record({
      name: fc.constantFrom('op-1', 'op-2'),
      phase: fc.constantFrom('Running', 'Succeeded', 'Failed', 'Left', 'Undone', 'Superseded'),
      verb: fc.constantFrom('Relocate', 'Failover'),
      staleSite: fc.constantFrom('east', 'west'),
      endedAt: fc.integer({ min: 0, max: 500 }).map(ago),
      startedAt: fc.integer({ min: 0, max: 500 }).map(ago),
    })
    .map(({ name, verb, ...status }) =>
      record({ name, spec: { verb }, status, createdAt: status.startedAt }),
    ),
  { maxLength: 1 },
);

const sites = (name: string): fc.Arbitrary<SiteSnapshot> =>
  fc.oneof(
    fc.constant(darkSite(name)),
    fc.constant(site(name)),
    fc
      .tuple(sketches, operations)
      .map(([sketch, records]) => site(name, { replications: [vr(sketch)], operations: known(records) })),
  );

const holds = (check: (here: SiteSnapshot, there: SiteSnapshot) => void): void =>
  fc.assert(fc.property(sites('east'), sites('west'), check), { numRuns: 2_000 });

describe('whatever two sites show', () => {
  it('nothing is called healthy while a site is dark', () => {
    holds((here, there) => {
      fc.pre(!here.objects.known || !there.objects.known);
      for (const { verdict } of assess({ here, there, now })) expect(verdict.name).toBe('Unknown');
    });
  });

  it('two primaries are a split brain and nothing else', () => {
    holds((here, there) => {
      for (const { sides, verdict } of assess({ here, there, now })) {
        const primaries = sides.filter(({ role }) => role.role === 'primary').length;
        expect(verdict.name === 'SplitBrain').toBe(primaries === 2);
      }
    });
  });

  it('Protected means exactly one primary that is settled and whose last sync is not late', () => {
    holds((here, there) => {
      for (const { sides, lag, verdict } of assess({ here, there, now })) {
        if (verdict.name !== 'Protected') continue;
        const primaries = sides.filter(({ role }) => role.role === 'primary');
        expect(primaries.map(({ role }) => role.progress)).toEqual(['settled']);
        expect(lag.intervals ?? 0).toBeLessThanOrEqual(2);
      }
    });
  });

  it('the verdict does not depend on which site is asked', () => {
    holds((here, there) => {
      const names = (volumes: ReturnType<typeof assess>) => volumes.map(({ verdict }) => verdict.reason);
      expect(names(assess({ here, there, now }))).toEqual(names(assess({ here: there, there: here, now })));
    });
  });

  it('every verdict has a sentence without line breaks, and a command where it names one', () => {
    holds((here, there) => {
      for (const { verdict } of assess({ here, there, now })) {
        expect(verdict.message).toMatch(/^[^\n]+$/);
        if (verdict.next !== undefined) expect(verdict.next).toMatch(/^kubectl [^\n]+$/);
      }
    });
  });
});
