import { expect, test } from 'vitest';
import { DrError } from '../../../core/model/error.ts';
import { unknown } from '../../../core/model/reading.ts';
import { isRefused, unreadableSite } from '../../../core/model/site-refusal.ts';

const failure = (code: string, message: string) => new DrError({ code, message });

test.each([
  ['Unauthorized', 'east: log in', true, 'it answers, and does not let you in: log in'],
  ['Forbidden', 'may not list', true, 'it answers, and does not let you in: may not list'],
  ['CredentialPluginFailed', 'no tool', true, 'nobody could log in to it: no tool'],
  ['Unreachable', 'east: connection refused by 10.0.0.1', false, 'connection refused by 10.0.0.1'],
  ['RequestTimeout', 'no answer', false, 'no answer'],
])('a site that fails with %s is refused or lost', (code, message, isRefusal, why) => {
  const reading = unreadableSite(failure(code, message), 'east');
  expect(reading).toMatchObject({ known: false, why });
  expect(isRefused(reading)).toBe(isRefusal);
});

test('what was not read otherwise is not refused', () => {
  expect(isRefused(unknown('it has not answered yet'))).toBe(false);
  expect(isRefused({ known: true, value: 1 })).toBe(false);
  expect(unreadableSite('x', 'east')).toEqual({ known: false, why: 'x' });
});
