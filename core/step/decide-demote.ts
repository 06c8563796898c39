import { type Followed, hasFollowedCondition, noteOfDemotion } from '../following/followed.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import { drCommand } from '../status/dr-command.ts';
import { replicationOfVolume } from '../status/replication.ts';
import type { ConsentNeed, Decision, Obstacle } from './decision.ts';
import { followedBy } from './followed-by.ts';
import { judgeStep, withWish } from './judge-step.ts';
import { replicationToChange } from './own-replication.ts';
import type { RpoAtRisk } from './rpo-at-risk.ts';
import { ruleObstacles } from './rule-obstacles.ts';
import { seenByGiver } from './seen-by-giver.ts';
import { roleOf, type StepFacts } from './step-facts.ts';

/** What a demotion is decided by, beside what both sites show. */
export type DemoteOptions = {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Somebody accepts that what was written since the promote may be lost: the other site need not have followed. */
  readonly acceptsLoss?: boolean;
};

/** What is lost where the other site has not followed, or nobody can tell. */
export const lossOf = (facts: StepFacts, followed: Followed, obstacles: readonly Obstacle[]): ConsentNeed => {
  const { here, there } = facts;
  const loss: RpoAtRisk = {
    known: false,
    why:
      followed.state === 'unknown'
        ? followed.why
        : `${there?.name ?? 'the other site'} has not followed ${here.name} since it became primary`,
  };
  return {
    accepts: ['lose-since-promote'],
    obstacles,
    loses: `what was written on ${here.name} since it became primary, as far as ${there?.name ?? 'the other site'} does not have it`,
    loss,
    seen: seenByGiver(facts, 'lose-since-promote', loss),
  };
};

/**
 * Two primaries never follow each other: one of the two copies is given up, and that is a return. A replica of which the driver tells no
 * good may never follow either: the status tells whether it is to be resynced.
 */
const whatInstead = (facts: StepFacts, replication: VolumeReplication): string => {
  const { here, there, peer, key } = facts;
  if (there !== undefined && peer.view.state === 'primary') return drCommand(there, 'failback', key);
  if (roleOf(peer.replication).progress === 'failing') return drCommand(here, 'status', key);
  const { namespace = '', name = '' } = replication.metadata;
  return hasFollowedCondition(replicationOfVolume(replication))
    ? `${here.kubectl} -n ${namespace} wait vr ${name} --for=condition=Followed --timeout=15m`
    : drCommand(here, 'status', key);
};

/** What stands against it as long as nobody accepts the loss, with a way on. */
const unfollowed = (
  facts: StepFacts,
  replication: VolumeReplication,
  findings: Parameters<typeof ruleObstacles>[0],
): readonly Obstacle[] => {
  const next = whatInstead(facts, replication);
  return ruleObstacles(findings, facts.here).map((obstacle) => ({
    ...obstacle,
    message: `${obstacle.message}. To demote it all the same: --yes --accept-data-loss=unknown`,
    next,
  }));
};

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
  const offers = ['lose-since-promote'] as const;
  const { refusals, waived } = judgeStep(facts, step, { withoutPeer: 'allow', offers, now });
  const open = acceptsLoss ? [] : unfollowed(facts, replication, waived);
  const obstacles = [...open, ...ruleObstacles(refusals, facts.here)];
  if (obstacles.length > 0) return { kind: 'refuse', isRule: true, obstacles };
  const followed = followedBy(facts);
  return {
    kind: 'write',
    key,
    writes: [
      {
        kind: 'ask',
        before: replication,
        replicationState: 'secondary',
        demotion: noteOfDemotion(followed, now),
      },
    ],
    message: `demoted by VolumeReplication ${key.name}`,
    consent: waived.length === 0 ? undefined : lossOf(facts, followed, ruleObstacles(waived, facts.here)),
  };
};
