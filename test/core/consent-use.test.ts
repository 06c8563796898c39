import { describe, expect, it } from 'vitest';
import { isUsedElsewhere, isUseRecorded, usesText } from '../../core/consent-use.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const minute = 60_000;

const consentAt = (expires: number, by = 'alice'): string =>
  JSON.stringify({
    accepts: ['force-promote'],
    maxLoss: '15m',
    by,
    expires: new Date(expires).toISOString(),
  });

const consent = consentAt(now + 10 * minute);
const other = consentAt(now + 10 * minute, 'bob');

const used = (text: string | undefined, generation: number, ...uses: (string | undefined)[]) =>
  usesText({ uses, consent: text, generation, now });

describe('the use of a consent', () => {
  it('is written down with the version of the spec that it was for', () => {
    const uses = used(consent, 5);
    expect(JSON.parse(uses ?? '')).toEqual([{ consent: JSON.parse(consent), generation: 5 }]);
    expect(isUseRecorded({ consent, uses }, 5)).toBe(true);
    expect(isUsedElsewhere({ consent, uses }, 5)).toBe(false);
  });

  it('is no other one where the same text is written with other spaces', () => {
    const uses = used(consent, 5);
    const spaced = JSON.stringify(JSON.parse(consent), undefined, 2);
    expect(isUsedElsewhere({ consent: spaced, uses }, 6)).toBe(true);
    expect(used(spaced, 6, uses)).toBe(uses);
  });

  it('spends it for every later change', () => {
    const uses = used(consent, 5);
    expect(isUsedElsewhere({ consent, uses }, 6)).toBe(true);
    expect(isUseRecorded({ consent, uses }, 6)).toBe(false);
    expect(isUsedElsewhere({ consent: other, uses }, 6)).toBe(false);
  });

  it('stays what it was for, whoever writes it down again', () => {
    const uses = used(consent, 5);
    expect(used(consent, 6, uses)).toBe(uses);
  });

  it('is not lost by a change that leaves it out, nor by the next consent', () => {
    const uses = used(consent, 5);
    expect(used(undefined, 6, uses, undefined)).toBe(uses);
    const both = used(other, 6, uses, undefined);
    expect(isUsedElsewhere({ consent, uses: both }, 6)).toBe(true);
    expect(isUseRecorded({ consent: other, uses: both }, 6)).toBe(true);
  });

  it('is forgotten once nobody could honour the consent any more', () => {
    const uses = used(consent, 5);
    const later = now + 10 * minute + 2 * 60 * minute;
    const at = (time: number) => usesText({ uses: [uses], consent: undefined, generation: 6, now: time });
    expect(at(later)).toBe(uses);
    expect(at(later + 1)).toBeUndefined();
  });

  it('is kept of the newest sixteen', () => {
    const texts = Array.from({ length: 20 }, (_, index) => consentAt(now + 10 * minute, `user-${index}`));
    const uses = texts.reduce<string | undefined>(
      (before, text, index) => used(text, index + 1, before),
      undefined,
    );
    expect(JSON.parse(uses ?? '')).toHaveLength(16);
    expect(isUsedElsewhere({ consent: texts[19], uses }, 99)).toBe(true);
  });

  it.each([
    ['no consent', undefined, undefined],
    ['a consent that nobody can read', 'yes', undefined],
    ['uses that nobody can read', undefined, '{"a":1}'],
    ['a list of something else', undefined, '[1,{"consent":null}]'],
  ])('is nothing to write down for %s', (_, text, before) => {
    expect(used(text, 5, before)).toBeUndefined();
    expect(isUsedElsewhere({ consent: text, uses: before }, 5)).toBe(false);
  });
});
