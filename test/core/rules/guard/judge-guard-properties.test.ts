import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../../core/model/reading.ts';
import { consentTo } from '../../../../core/rules/consent-to.ts';
import { exampleMember, examplePromotion } from '../../../../core/rules/guard/examples.ts';
import { guardRules, judgeGuard, judgeRules } from '../../../../core/rules/guard/judge-guard.ts';
import { becomesPrimary, startsResync } from '../../../../core/rules/guard/replication-intent.ts';
import type { Member } from '../../../../core/rules/replication-facts.ts';
import { anyConsent, anyGuardFacts, anyMember, anyPeer, anyReplication } from './any-facts.ts';
import { group } from './facts.ts';

const runs = { numRuns: 300 };
const order = guardRules.map(({ code }) => code);
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}]/u;

describe('whatever the facts', () => {
  it('a verdict comes, worst first, in printable lines of 1.5 kB at most', () => {
    fc.assert(
      fc.property(anyGuardFacts, (facts) => {
        const { refusals, waived } = judgeGuard(facts);
        for (const findings of [refusals, waived]) {
          const ranks = findings.map(({ code }) => order.indexOf(code));
          expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        }
        for (const { message } of [...refusals, ...waived]) {
          expect(message).not.toMatch(unprintable);
          expect(message.trim()).not.toBe('');
          expect(new TextEncoder().encode(message).length).toBeLessThanOrEqual(1536);
        }
      }),
      runs,
    );
  });

  it('each rule finds alone what it finds among the others, but for repeated texts', () => {
    fc.assert(
      fc.property(anyGuardFacts, (facts) => {
        const together = judgeGuard(facts);
        const alone = order.map((code) => judgeRules(facts, [code]));
        const messages = (verdict: typeof together) => verdict.refusals.map(({ message }) => message);
        expect(new Set(messages(together))).toEqual(new Set(alone.flatMap(messages)));
        expect(together.waived).toEqual(alone.flatMap(({ waived }) => waived));
      }),
      runs,
    );
  });

  it('only a consent that is valid for its action waives anything', () => {
    fc.assert(
      fc.property(anyReplication, (facts) => {
        const actionOf = new Map<string, ReturnType<typeof consentTo>['state']>();
        for (const entry of guardRules) {
          if ('consent' in entry) actionOf.set(entry.code, consentTo(facts, entry.consent).state);
        }
        const { refusals, waived } = judgeGuard(facts);
        for (const { code } of waived) expect(actionOf.get(code)).toBe('valid');
        for (const { code } of refusals) expect(actionOf.get(code)).not.toBe('valid');
      }),
      runs,
    );
  });
});

/** The state of the other site at which a promotion needs nobody's consent. */
const isHarmless = ({ peer }: Member, withoutPeer: 'allow' | 'refuse'): boolean =>
  peer.state === 'not-primary' || (peer.state === 'not-configured' && withoutPeer === 'allow');

const found = ({ refusals, waived }: ReturnType<typeof judgeGuard>): readonly string[] =>
  [...refusals, ...waived].map(({ code }) => code);

describe('a promotion', () => {
  it('never passes unremarked while the other site is primary or may be, for any of its volumes', () => {
    fc.assert(
      fc.property(anyReplication, fc.array(anyPeer, { minLength: 1, maxLength: 8 }), (facts, peers) => {
        const members = peers.map((peer): Member => ({ ...exampleMember, peer }));
        fc.pre(becomesPrimary(facts.change) && !facts.change.followsGroup);
        const isSafe = members.every((member) => isHarmless(member, facts.withoutPeer));
        const verdict = judgeGuard({ ...facts, members: known(members) });
        expect(found(verdict).includes('DR102')).toBe(!isSafe);
      }),
      runs,
    );
  });

  it('is refused, whatever is consented to, when any fact that it depends on is unknown for any of its claims', () => {
    const without = { volume: known(undefined), storageClass: unknown('no answer') };
    const doubts: fc.Arbitrary<Partial<Member>> = fc.constantFrom<Partial<Member>>(
      { claim: unknown('no answer') },
      { claim: known(undefined), elsewhere: unknown('no answer') },
      { volume: unknown('no answer') },
      { rivals: unknown('no answer') },
      { sameVolume: unknown('no answer') },
      without,
    );
    fc.assert(
      fc.property(fc.array(anyMember, { maxLength: 6 }), doubts, anyConsent, (others, doubt, consent) => {
        const { members } = group([...others, doubt]);
        const { refusals } = judgeGuard({ ...examplePromotion, members, consent });
        expect(refusals).not.toEqual([]);
      }),
      runs,
    );
  });

  it('is refused, whatever is consented to, when its claims or classes are unknown', () => {
    fc.assert(
      fc.property(anyConsent, fc.constantFrom('members', 'classes'), (consent, field) => {
        const { refusals } = judgeGuard({ ...examplePromotion, consent, [field]: unknown('no answer') });
        expect(refusals).not.toEqual([]);
      }),
      runs,
    );
  });

  it('is held up by no fact that it does not depend on', () => {
    const idle = {
      pods: unknown('no answer'),
      attachedTo: unknown('no answer'),
      elsewhere: unknown('no answer'),
    };
    const given = group([{ ...idle, storageClass: unknown('no answer') }]);
    expect(judgeGuard({ ...given, namespaceTerminating: unknown('no answer') })).toEqual({
      refusals: [],
      waived: [],
    });
  });
});

it('a resync never passes unremarked unless the other site is primary, and is to stay so, for all of its volumes', () => {
  fc.assert(
    fc.property(anyReplication, fc.array(anyPeer, { minLength: 1, maxLength: 8 }), (facts, peers) => {
      fc.pre(startsResync(facts.change) !== undefined && !facts.change.followsGroup);
      const isSafe = peers.every(
        (peer) =>
          (peer.state === 'primary' && peer.by === 'both') ||
          (peer.state === 'not-configured' && facts.withoutPeer === 'allow'),
      );
      const members = known(peers.map((peer): Member => ({ ...exampleMember, peer })));
      const ownWrites = { state: 'none' } as const;
      expect(found(judgeGuard({ ...facts, members, ownWrites })).includes('DR108')).toBe(!isSafe);
    }),
    runs,
  );
});
