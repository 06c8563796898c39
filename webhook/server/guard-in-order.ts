import { volumeIdentityKey, volumeIdentityOf } from '../../core/model/persistent-volume.ts';
import type { GuardFacts } from '../../core/rules/guard-facts.ts';
import type { Member } from '../../core/rules/replication-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { FactSource } from '../fact-source.ts';
import { answerGuard } from '../judge/answer-guard.ts';
import { isUnchanged } from '../judge/is-unchanged.ts';
import { type Judgement, nothingToSay } from '../judge/judgement.ts';

/** Judges one change by the guard rules, after all that were let in before it. Rejects as its fact source does. */
export type GuardJudge = (request: AdmissionRequest, signal: AbortSignal) => Promise<Judgement>;

/** So many changes are remembered: far more than are let in while one waits for its facts. */
const longestMemory = 10_000;

const volumeKeys = ({ volume }: Pick<Member, 'volume'>): string[] => {
  const identity = volume.known && volume.value !== undefined ? volumeIdentityOf(volume.value) : undefined;
  return identity === undefined ? [] : [`volume ${volumeIdentityKey(identity)}`];
};

/** The claims and volumes that facts are about: what two changes have in common where one decides about the other. */
const keysOf = (facts: GuardFacts): readonly string[] => {
  switch (facts.subject) {
    case 'replication':
      return facts.members.known
        ? facts.members.value.flatMap((member) => [
            `claim ${facts.change.namespace}/${member.claimName}`,
            ...volumeKeys(member),
          ])
        : [];
    case 'volume': {
      const { namespace = '', name = '' } = facts.before.spec?.claimRef ?? {};
      return [`claim ${namespace}/${name}`, ...volumeKeys({ volume: { known: true, value: facts.before } })];
    }
    case 'claim':
      return [`claim ${facts.namespace}/${facts.name}`];
    default:
      return [];
  }
};

/** Knows when a claim or volume was last part of a replication that was let in. */
const createOrder = () => {
  const lastAt = new Map<string, number>();
  let count = 0;
  return {
    count: (): number => count,
    wasOvertaken: (facts: GuardFacts, since: number): boolean =>
      keysOf(facts).some((key) => (lastAt.get(key) ?? 0) > since),
    note: (facts: GuardFacts): void => {
      if (facts.subject !== 'replication') return;
      count += 1;
      for (const key of keysOf(facts)) {
        lastAt.delete(key);
        lastAt.set(key, count);
      }
      for (const key of lastAt.keys()) {
        if (lastAt.size <= longestMemory) break;
        lastAt.delete(key);
      }
    },
  };
};

/**
 * The guard over one fact source. Two changes that arrive together may both wait for the same answer of the other site, and both find
 * nothing against them: whoever was overtaken by a replication of the same claim or volume looks again before it is judged.
 */
export const createGuardJudge = (source: FactSource): GuardJudge => {
  const order = createOrder();
  return async (request, signal) => {
    if (isUnchanged(request)) return nothingToSay;
    for (;;) {
      const since = order.count();
      const facts = await source.guard(request, signal);
      // Whoever was told that nobody judged in time must not be let in behind their back.
      signal.throwIfAborted();
      if (facts !== undefined && order.wasOvertaken(facts, since)) continue;
      const judgement = facts === undefined ? nothingToSay : answerGuard(facts);
      if (judgement.answer.allowed && !request.dryRun) {
        source.admitted(request);
        if (facts !== undefined) order.note(facts);
      }
      return judgement;
    }
  };
};
