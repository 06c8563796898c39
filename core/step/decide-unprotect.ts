import { wasPrimaryBefore } from '../following/demotion.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import { drCommand } from '../status/dr-command.ts';
import { replicationOfVolume } from '../status/replication.ts';
import type { RoleReading } from '../status/role.ts';
import type { Decision } from './decision.ts';
import { ownReplication } from './own-replication.ts';
import type { RpoAtRisk } from './rpo-at-risk.ts';
import { seenByGiver } from './seen-by-giver.ts';
import type { StepFacts } from './step-facts.ts';

const isDemoted = ({ role, wants }: RoleReading): boolean =>
  (role === 'secondary' || role === 'resyncing') && wants !== 'primary';

/**
 * Both sides are demoted: the middle of a move. Kept away from it is a volume that the driver never took (`none`): there is nothing to
 * disable, and ending its protection is the way to restore it under the right handle.
 */
const whyNoPrimary = ({ role, here, there, peer, key }: StepFacts): Decision | undefined => {
  const isPairDemoted =
    isDemoted(role) && peer.view.state === 'not-primary' && peer.replication !== undefined;
  if (there === undefined || !isPairDemoted) return undefined;
  const message = `neither ${here.name} nor ${there.name} is primary, nor asked to be: a driver ends no mirroring of a demoted volume whose other copy is there, so the deletion would not end, and a volume that is being deleted cannot be promoted. Promote the side that has everything first`;
  return {
    kind: 'refuse',
    isRule: true,
    obstacles: [{ code: 'NoPrimary', message, next: drCommand(here, 'status', key) }],
  };
};

const describeLoss = ({ role, here, there, peer }: StepFacts, replication: VolumeReplication): string => {
  const other = there?.name ?? 'the other site';
  if (role.role === 'secondary') {
    const isReplica =
      peer.view.state === 'primary' || !wasPrimaryBefore(replicationOfVolume(replication).demotion);
    return isReplica
      ? `the replica's VolumeReplication on ${here.name}: it can no longer be promoted from here`
      : `the VolumeReplication on ${here.name}, which was demoted: ${other} is not known to be primary, so that the copy on ${here.name} may be the only whole one, and it can no longer be promoted from here`;
  }
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
  const stalled = whyNoPrimary(facts);
  if (stalled !== undefined) return stalled;
  const loss: RpoAtRisk = { known: false, why: 'a copy goes as a whole' };
  return {
    kind: 'write',
    key,
    writes: [{ kind: 'delete', before: replication }],
    message: `unprotected: VolumeReplication ${key.name} deleted`,
    consent: {
      accepts: ['unprotect'],
      obstacles: [],
      loses: describeLoss(facts, replication),
      loss,
      seen: seenByGiver(facts, 'unprotect', loss),
    },
  };
};
