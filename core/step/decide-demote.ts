import type { ConsentAction } from '../consent.ts';
import { type Followed, hasFollowedCondition, noteOfDemotion } from '../following/followed.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import type { GuardCode } from '../rules/rule-code.ts';
import { drCommand } from '../status/dr-command.ts';
import { replicationOfVolume } from '../status/replication.ts';
import type { ConsentNeed, Decision, Obstacle } from './decision.ts';
import { followedBy } from './followed-by.ts';
import { isConsentedTo, judgeStep, withWish } from './judge-step.ts';
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

const refuse = (obstacles: readonly Obstacle[]): Decision => ({ kind: 'refuse', isRule: true, obstacles });

/** What lets a demotion pass that a rule stands against. */
const consentOfRule: Partial<Record<GuardCode, ConsentAction>> = {
  DR109: 'demote-in-use',
  DR113: 'lose-since-promote',
};

/** A consent that somebody wrote on the object by hand, as the guard takes it: there is no flag for a volume that is in use. */
const isLetPass = (
  facts: StepFacts,
  replication: VolumeReplication,
  { code, now }: { readonly code: GuardCode; readonly now: number },
): boolean => {
  const action = consentOfRule[code];
  if (action === undefined) return false;
  const asked = { ...replication, spec: withWish(replication, 'secondary').spec };
  return isConsentedTo(facts, { replication: asked, before: replication }, { action, now });
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
  const judged = judgeStep(facts, step, { withoutPeer: 'allow', offers, now });
  const isOpen = ({ code }: { code: GuardCode }): boolean => !isLetPass(facts, replication, { code, now });
  const refusals = judged.refusals.filter(isOpen);
  const keepsConsent = judged.refusals.length > refusals.length;
  // A consent that is written takes the place of the one that is there: what that lets pass as well is not asked for.
  const waived = keepsConsent ? judged.waived.filter(isOpen) : judged.waived;
  const open = acceptsLoss ? [] : unfollowed(facts, replication, waived);
  if (refusals.length > 0) return refuse([...open, ...ruleObstacles(refusals, facts.here)]);
  if (keepsConsent && waived.length > 0) return refuse(ruleObstacles(judged.refusals, facts.here));
  if (open.length > 0) return refuse(open);
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
        ...(keepsConsent && { keepsConsent }),
      },
    ],
    message: `demoted by VolumeReplication ${key.name}`,
    consent: waived.length === 0 ? undefined : lossOf(facts, followed, ruleObstacles(waived, facts.here)),
  };
};
