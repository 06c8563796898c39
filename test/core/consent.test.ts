import { expect, test } from 'vitest';
import { consentAnnotation, parseConsent, readConsent, whyConsentIsVoid } from '../../core/consent.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const good = {
  accepts: ['force-promote'],
  maxLoss: '15m',
  by: 'alice',
  reason: 'site 1 burns',
  expires: '2026-03-01T12:10:00Z',
};

const withConsent = (consent: unknown) => ({
  metadata: { name: 'vr', annotations: { [consentAnnotation]: JSON.stringify(consent) } },
});

test('consent that names the action and has not expired is valid', () => {
  expect(readConsent(withConsent(good), 'force-promote', now)).toEqual({
    state: 'valid',
    consent: { ...good, seen: { peer: 'unknown' }, maxLoss: 900_000, expires: Date.parse(good.expires) },
  });
});

test('an unknown loss can be accepted by name only', () => {
  expect(parseConsent(JSON.stringify({ ...good, maxLoss: 'unknown' }))).toMatchObject({ maxLoss: 'unknown' });
});

test('an object without the annotation holds no consent', () => {
  expect(readConsent({ metadata: {} }, 'force-promote', now)).toEqual({ state: 'absent' });
});

test.each([
  ['is for another action', { ...good, accepts: ['resync'] }, /accepts resync, not force-promote/],
  ['has expired', { ...good, expires: '2026-03-01T12:00:00Z' }, /expired at 2026-03-01T12:00:00.000Z/],
  ['would hold for a day', { ...good, expires: '2026-03-02T12:00:00Z' }, /one hour is the longest/],
  ['has a field that nobody knows', { ...good, scope: 'all' }, /unknown field "scope"/],
  ['names an unknown action', { ...good, accepts: ['force-promote', 'everything'] }, /may hold/],
  ['accepts nothing', { ...good, accepts: [] }, /list of actions/],
  ['says not who', { ...good, by: ' ' }, /who consents/],
  ['says not how much', { ...good, maxLoss: undefined }, /maxLoss/],
  ['accepts a negative loss', { ...good, maxLoss: '-5m' }, /maxLoss/],
  ['has a day instead of a time', { ...good, expires: '2026-03-01' }, /expires/],
  ['is a list', [good], /no JSON object/],
])('consent that %s is void', (_, consent, why) => {
  const reading = readConsent(withConsent(consent), 'force-promote', now);
  expect(reading).toEqual({ state: 'void', why: expect.stringMatching(why) });
});

test('consent that is no JSON is void', () => {
  const object = { metadata: { annotations: { [consentAnnotation]: 'yes' } } };
  expect(readConsent(object, 'force-promote', now).state).toBe('void');
});

test.each([
  ['that could be honoured holds, whatever it accepts', JSON.stringify(good), undefined],
  ['that is no JSON', 'yes', /cannot be read: it is no JSON object/],
  ['that has expired', JSON.stringify({ ...good, expires: '2026-03-01T11:00:00Z' }), /expired/],
  ['that would hold for a day', JSON.stringify({ ...good, expires: '2026-03-02T12:00:00Z' }), /one hour/],
])('consent %s', (_, text, why) => {
  expect(whyConsentIsVoid(text, now)).toEqual(why === undefined ? undefined : expect.stringMatching(why));
});
