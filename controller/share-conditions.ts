import type { Condition } from '../core/model/kubernetes-object.ts';

const rememberedAtMost = 20_000;

/**
 * Gives equal conditions as one object: ten thousand healthy volumes say the same few sentences, and these are most of what
 * a cache holds. Shared objects must not be changed.
 */
export const createConditionSharing = (): ((conditions: readonly Condition[]) => Condition[]) => {
  const known = new Map<string, Condition>();
  const share = (condition: Condition): Condition => {
    const { type, status, reason, message, observedGeneration, lastTransitionTime } = condition;
    const key = `${type}\n${status}\n${reason}\n${observedGeneration}\n${lastTransitionTime}\n${message}`;
    const same = known.get(key);
    if (same !== undefined) return same;
    if (known.size >= rememberedAtMost) known.clear();
    known.set(key, condition);
    return condition;
  };
  return (conditions) => conditions.map(share);
};
