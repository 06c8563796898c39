import type { Decision } from './decision.ts';
import { ownReplication } from './own-replication.ts';
import type { RpoAtRisk } from './rpo-at-risk.ts';
import { seenByGiver } from './seen-by-giver.ts';
import type { StepFacts } from './step-facts.ts';

const describeLoss = ({ role, here, there }: StepFacts): string => {
  const other = there?.name ?? 'the other site';
  if (role.role === 'secondary')
    return `the replica's VolumeReplication on ${here.name}: it can no longer be promoted from here`;
  const ifPrimary = role.role === 'primary' ? '' : ', if this one is primary';
  return `the mirroring from ${here.name}, and the copy on ${other}${ifPrimary}: the driver removes it`;
};

/** How the protection of a claim ends on this site. On the primary the driver removes the other site's copy with it. */
export const decideUnprotect = (facts: StepFacts): Decision => {
  const own = ownReplication(facts);
  if ('obstacle' in own) return own.obstacle;
  const { replication } = own;
  if (replication === undefined)
    return { kind: 'unchanged', message: `is not replicated on ${facts.here.name}` };
  const { namespace = '', name = '', deletionTimestamp } = replication.metadata;
  const key = { namespace, name };
  if (deletionTimestamp !== undefined) return { kind: 'await', key };
  const loss: RpoAtRisk = { known: false, why: 'a copy goes as a whole' };
  return {
    kind: 'write',
    key,
    writes: [{ kind: 'delete', before: replication }],
    message: `unprotected: VolumeReplication ${key.name} deleted`,
    consent: {
      accepts: ['unprotect'],
      obstacles: [],
      loses: describeLoss(facts),
      loss,
      seen: seenByGiver(facts, 'unprotect', loss),
    },
  };
};
