import type { Followed } from '../following/followed.ts';
import type { ConsentNeed, Decision, Obstacle } from './decision.ts';
import { followedBy } from './followed-by.ts';
import { judgeStep, withWish } from './judge-step.ts';
import { replicationToChange } from './own-replication.ts';
import { refusedByRules, ruleObstacles } from './rule-obstacles.ts';
import type { StepFacts } from './step-facts.ts';

/** What a demotion is decided by, beside what both sites show. */
export type DemoteOptions = {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Somebody accepts that what was written since the promote may be lost: the other site need not have followed. */
  readonly acceptsLoss?: boolean;
};

/** What is lost where the other site has not followed, or nobody can tell. */
export const lossOf = (
  { here, there }: StepFacts,
  followed: Followed,
  obstacles: readonly Obstacle[],
): ConsentNeed => ({
  accepts: ['lose-since-promote'],
  obstacles,
  loses: `what was written on ${here.name} since it became primary, as far as ${there?.name ?? 'the other site'} does not have it`,
  loss: {
    known: false,
    why:
      followed.state === 'unknown'
        ? followed.why
        : `${there?.name ?? 'the other site'} has not followed ${here.name} since it became primary`,
  },
});

/**
 * How the volume of a claim becomes secondary here. Never while something uses it, and never with autoResync: right after a demotion
 * RBD can report a split brain that is none, and the healthy copy would be wiped (ceph/ceph-csi#3209).
 */
export const decideDemote = (facts: StepFacts, { now, acceptsLoss = false }: DemoteOptions): Decision => {
  const own = replicationToChange(facts);
  if ('obstacle' in own) return own.obstacle;
  const { replication, key } = own;
  if (replication.spec.replicationState === 'secondary')
    return facts.role.role === 'secondary' && facts.role.progress === 'settled'
      ? { kind: 'unchanged', message: `is secondary on ${facts.here.name} already` }
      : { kind: 'await', key };
  const step = { before: replication, after: withWish(replication, 'secondary') };
  const offers = acceptsLoss ? (['lose-since-promote'] as const) : [];
  const { refusals, waived } = judgeStep(facts, step, { withoutPeer: 'allow', offers, now });
  if (refusals.length > 0) return refusedByRules([...waived, ...refusals], facts.here);
  const followed = followedBy(facts);
  return {
    kind: 'write',
    key,
    writes: [
      {
        kind: 'ask',
        before: replication,
        replicationState: 'secondary',
        demotion: { followed: followed.state, at: now },
      },
    ],
    message: `demoted by VolumeReplication ${key.name}`,
    consent: waived.length === 0 ? undefined : lossOf(facts, followed, ruleObstacles(waived, facts.here)),
  };
};
