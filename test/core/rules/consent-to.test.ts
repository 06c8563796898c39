import { expect, it } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import type { ConsentFacts, ConsentToAction } from '../../../core/rules/consent-facts.ts';
import { consentTo } from '../../../core/rules/consent-to.ts';
import { exampleMember, examplePromotion } from '../../../core/rules/guard/examples.ts';
import type { PeerView } from '../../../core/rules/peer-view.ts';

const consent = {
  accepts: ['force-promote'],
  maxLoss: '15m',
  by: 'alice',
  reason: 'site 1 burns',
  expires: '2026-03-01T12:10:00Z',
};
const facts = (differs: Partial<ConsentFacts> = {}): ConsentFacts => ({
  text: JSON.stringify(consent),
  isNew: false,
  isUsed: false,
  isRecorded: true,
  generations: [3],
  mayConsent: known(true),
  user: 'alice',
  now: Date.parse('2026-03-01T12:00:00Z'),
  ...differs,
});
const isVoid = (why: string): ConsentToAction => ({ state: 'void', why });

type Case = { title: string; given: ConsentFacts; expected: ConsentToAction };

const cases: Case[] = [
  {
    title: 'a consent that holds is valid, and tells by whom and why',
    given: facts(),
    expected: { state: 'valid', by: 'alice', reason: 'site 1 burns' },
  },
  {
    title: 'a reason may be left out',
    given: facts({ text: JSON.stringify({ ...consent, reason: undefined }) }),
    expected: { state: 'valid', by: 'alice', reason: undefined },
  },
  {
    title: 'names and reasons come out on one printable line',
    given: facts({ text: JSON.stringify({ ...consent, by: 'al\nice', reason: ' a\u001b[1m\r\nb ' }) }),
    expected: { state: 'valid', by: 'al ice', reason: 'a [1m b' },
  },
  { title: 'no annotation', given: facts({ text: undefined }), expected: { state: 'absent' } },
  {
    title: 'no annotation stays no annotation, whoever asks',
    given: facts({ text: undefined, mayConsent: known(false), isUsed: true }),
    expected: { state: 'absent' },
  },
  {
    title: 'a consent that cannot be read',
    given: facts({ text: '{"accepts":' }),
    expected: isVoid('the consent cannot be read: it is no JSON object'),
  },
  {
    title: 'a consent to another action',
    given: facts({ text: JSON.stringify({ ...consent, accepts: ['resync', 'unprotect'] }) }),
    expected: isVoid('the consent of alice accepts resync, unprotect, not force-promote'),
  },
  {
    title: 'a consent that expires at this very moment',
    given: facts({ now: Date.parse(consent.expires) }),
    expected: isVoid('the consent of alice expired at 2026-03-01T12:10:00.000Z'),
  },
  {
    title: 'a consent for the rest of the day',
    given: facts({ text: JSON.stringify({ ...consent, expires: '2026-03-01T23:59:59Z' }) }),
    expected: isVoid(
      'the consent of alice would hold until 2026-03-01T23:59:59.000Z; one hour is the longest',
    ),
  },
  {
    title: 'a consent that was used',
    given: facts({ isUsed: true }),
    expected: isVoid('the consent of alice was used: each is good for one change of the spec'),
  },
  {
    title: 'a consent whose use nobody has written down',
    given: facts({ isRecorded: false }),
    expected: isVoid(
      'the use of the consent of alice is not written down on the object, as webhook consent.kubectl-dr.dev does with the change ("kubectl dr explain DR205")',
    ),
  },
  {
    title: 'a user who may not consent, although the consent holds',
    given: facts({ mayConsent: known(false), user: 'bob' }),
    expected: isVoid('user "bob" may not consent (RBAC verb "consent")'),
  },
  {
    title: 'a user of whom nobody knows',
    given: facts({ mayConsent: unknown('the API server did not answer within 1 s') }),
    expected: isVoid(
      'whether user "alice" may consent is unknown (the API server did not answer within 1 s)',
    ),
  },
];

it.each(cases)('$title', ({ given, expected }) => {
  expect(consentTo({ ...examplePromotion, consent: given }, 'force-promote')).toEqual(expected);
});

const primary: PeerView = { state: 'primary', site: 'cluster-1', replication: 'shop/db', by: 'both' };

it.each([
  [undefined, false],
  [{ peer: 'unknown' }, false],
  [{ peer: 'primary' }, true],
  [{ peer: 'primary', generation: 2 }, false],
])('covers a primary on the other site only for who has seen it: %o', (seen, isValid) => {
  const given = facts({ text: JSON.stringify({ ...consent, seen }) });
  const members = known([exampleMember, { ...exampleMember, claimName: 'logs', peer: primary }]);
  const { state } = consentTo({ ...examplePromotion, members, consent: given }, 'force-promote');
  expect(state).toBe(isValid ? 'valid' : 'void');
});

it('covers no claims that nobody knows', () => {
  const given = facts({ text: JSON.stringify({ ...consent, seen: { peer: 'not-primary' } }) });
  const members = unknown('the cache is not filled yet');
  expect(consentTo({ ...examplePromotion, members, consent: given }, 'force-promote')).toMatchObject({
    why: expect.stringContaining('now nobody can tell'),
  });
});
