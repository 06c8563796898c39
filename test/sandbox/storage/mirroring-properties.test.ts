import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE_MS, readNumber, restart, roleOn, writeNumber } from './mirrored-pair.ts';
import { beginRun, carefulHistory, forcefulHistory, mendAll, operate, rolesOf } from './random-operations.ts';

describe('two mirrored arrays, whatever is asked of them', () => {
  it('never have two primaries without force, where nobody promotes beside one', () => {
    fc.assert(
      fc.property(carefulHistory, (operations) => {
        const run = beginRun();
        for (const operation of operations) {
          operate(run, operation);
          expect(rolesOf(run).filter((role) => role === 'primary').length).toBeLessThan(2);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('never lose a write without force where no demote comes before the peer follows: a primary holds the last one', () => {
    fc.assert(
      fc.property(carefulHistory, (operations) => {
        const run = beginRun();
        for (const operation of operations) {
          operate(run, operation);
          const primary = run.test.pair.sites[rolesOf(run).indexOf('primary')];
          if (primary?.frozen === false) expect(readNumber(primary, run.test.volumeId)).toBe(run.writes);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('promote only bytes that a site held when a snapshot was taken there, with force as well', () => {
    fc.assert(
      fc.property(forcefulHistory, (operations) => {
        const run = beginRun();
        for (const operation of operations) operate(run, operation);
      }),
      { numRuns: 400 },
    );
  });

  it('lose nothing in a demotion and promotion with the link up', () => {
    fc.assert(
      fc.property(carefulHistory, (operations) => {
        const run = beginRun();
        for (const operation of operations) operate(run, operation);
        mendAll(run);
        const index = rolesOf(run).indexOf('primary');
        fc.pre(index >= 0);
        const { pair, volumeId, request, pass } = run.test;
        const [old, next] = index === 0 ? pair.sites : [pair.sites[1], pair.sites[0]];
        fc.pre(roleOn(next, volumeId) === 'secondary');
        writeNumber(old, volumeId, 777);
        expect(old.demote(request()).code).toBe('OK');
        pass(MINUTE_MS);
        expect(next.promote(request()).code).toBe('OK');
        expect(readNumber(next, volumeId)).toBe(777);
      }),
      { numRuns: 300 },
    );
  });

  it('let one of two demoted copies be promoted once they are in contact', () => {
    fc.assert(
      fc.property(carefulHistory, (operations) => {
        const run = beginRun();
        for (const operation of operations) operate(run, operation);
        mendAll(run);
        fc.pre(rolesOf(run).every((role) => role === 'secondary'));
        const codes = run.test.pair.sites.map((array) => array.promote(run.test.request()).code);
        expect(codes).toContain('OK');
      }),
      { numRuns: 300 },
    );
  });

  it('go on after a restart as if there had been none', () => {
    fc.assert(
      fc.property(forcefulHistory, forcefulHistory, (before, after) => {
        const [steady, restarted] = [beginRun(), beginRun()];
        for (const run of [steady, restarted]) for (const operation of before) operate(run, operation);
        const saved = restarted.test.pair.save();
        restarted.test = restart(restarted.test);
        expect(restarted.test.pair.save()).toEqual(saved);
        for (const operation of after) {
          for (const run of [steady, restarted]) operate(run, operation);
          const [seen, expected] = [restarted, steady].map(({ test }) =>
            test.pair.sites.map((array) => [array.mirrorStatus(test.volumeId), array.volumes()]),
          );
          expect(seen).toEqual(expected);
        }
      }),
      { numRuns: 150 },
    );
  });
});
