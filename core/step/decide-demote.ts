import type { Decision } from './decision.ts';
import { judgeStep, withWish } from './judge-step.ts';
import { replicationToChange } from './own-replication.ts';
import { refusedByRules } from './rule-obstacles.ts';
import type { StepFacts } from './step-facts.ts';

/**
 * How the volume of a claim becomes secondary here. Never while something uses it, and never with autoResync: right after a demotion
 * RBD can report a split brain that is none, and the healthy copy would be wiped (ceph/ceph-csi#3209).
 */
export const decideDemote = (facts: StepFacts, { now }: { readonly now: number }): Decision => {
  const own = replicationToChange(facts);
  if ('obstacle' in own) return own.obstacle;
  const { replication, key } = own;
  if (replication.spec.replicationState === 'secondary')
    return facts.role.role === 'secondary' && facts.role.progress === 'settled'
      ? { kind: 'unchanged', message: `is secondary on ${facts.here.name} already` }
      : { kind: 'await', key };
  const step = { before: replication, after: withWish(replication, 'secondary') };
  const { refusals } = judgeStep(facts, step, { withoutPeer: 'allow', now });
  if (refusals.length > 0) return refusedByRules(refusals, facts.here);
  return {
    kind: 'write',
    key,
    writes: [{ kind: 'ask', before: replication, replicationState: 'secondary' }],
    message: `demoted by VolumeReplication ${key.name}`,
    consent: undefined,
  };
};
