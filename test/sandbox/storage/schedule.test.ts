import { describe, expect, it } from 'vitest';
import { isSchedulingInterval, nextFiring, parseSchedule } from '../../../sandbox/storage/schedule.ts';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(`2026-01-01T${text}Z`);

describe('a schedule', () => {
  it.each([
    ['1m', true],
    ['24h', true],
    ['3d', true],
    ['0m', true],
    ['90s', false],
    ['1h30m', false],
    ['5', false],
    ['', false],
    [' 1m', false],
  ])('of interval "%s" is one that ceph-csi takes: %s', (text, taken) => {
    expect(isSchedulingInterval(text)).toBe(taken);
  });

  it.each([
    ['14:00:00', 14 * HOUR_MS],
    ['14:00', 14 * HOUR_MS],
    ['14:00:59.5Z', 14 * HOUR_MS],
    ['14:00:00-05:00', 19 * HOUR_MS],
    ['14:00:00+0530', 8.5 * HOUR_MS],
  ])('starting at %s has a snapshot %d ms after midnight UTC', (text, startMs) => {
    expect(parseSchedule('1d', text)).toEqual({ everyMs: 24 * HOUR_MS, startMs });
  });

  it.each([
    ['1h', '25:00:00', 'Invalid start time 25:00:00'],
    ['1h', '2026-01-01T14:00:00Z', 'Invalid start time 2026-01-01T14:00:00Z'],
    ['1h', 'noon', 'Invalid start time noon'],
    ['0m', undefined, 'Invalid interval (0m)'],
  ])('of interval %s starting at %s is refused: %s', (interval, start, why) => {
    expect(parseSchedule(interval, start)).toEqual({ invalid: expect.stringContaining(why) });
  });

  it('fires on whole intervals, and never at the moment it is asked', () => {
    const schedules = [{ everyMs: HOUR_MS, startMs: 0 }];
    expect(nextFiring(schedules, at('12:00:00.000'), 1)).toBe(at('13:00:00.000'));
    expect(nextFiring(schedules, at('12:59:59.999'), 1)).toBe(at('13:00:00.000'));
  });

  it('fires with the earliest of several, and sixty times as often with a factor of 60', () => {
    const schedules = [
      { everyMs: HOUR_MS, startMs: 0 },
      { everyMs: HOUR_MS, startMs: 20 * 60_000 },
    ];
    expect(nextFiring(schedules, at('12:00:00.000'), 1)).toBe(at('12:20:00.000'));
    expect(nextFiring(schedules.slice(0, 1), at('12:00:00.000'), 60)).toBe(at('12:01:00.000'));
    expect(nextFiring([], at('12:00:00.000'), 1)).toBeUndefined();
  });
});
