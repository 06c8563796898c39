import type { AdviceFacts, ReplicationAdviceFacts } from '../advice-facts.ts';
import type { Wish } from '../replication-facts.ts';

/** A replication's facts with what it asks for from now on, and asked for before. */
export type ChangeAsked = ReplicationAdviceFacts & {
  readonly before: Wish | undefined;
  readonly after: Wish;
};

/**
 * The change of a replication that a person can still be advised on: none where it is deleted, and none where its group
 * was advised already.
 */
export const changeAsked = (facts: AdviceFacts): ChangeAsked | undefined => {
  if (facts.subject !== 'replication') return undefined;
  const { before, after, isTerminating, followsGroup } = facts.change;
  if (after === undefined || isTerminating || followsGroup) return undefined;
  return { ...facts, before, after };
};
