import { isPromoteRefused } from '../../status/role.ts';
import { decideDemote } from '../../step/decide-demote.ts';
import type { GroupNow, VolumeNow } from '../move.ts';
import { claimObject, type StepKind, type StepLook, together } from '../step-look.ts';
import { refusalsOf, replicationOf } from './replication-steps.ts';

const site = 'source';

/** Asked for again, and the controller may still be at what was asked for before. */
const isBeingWithdrawn = ({ source }: VolumeNow): boolean =>
  source.known && source.value.role.wants === 'secondary' && source.value.role.progress === 'ignored';

const lookAt = (now: VolumeNow, group: GroupNow): Partial<StepLook> => {
  const { volume, source } = now;
  const object = claimObject(volume, site);
  if (isBeingWithdrawn(now) && source.known && replicationOf(source.value) !== undefined)
    return { waits: [{ site, object, why: `waiting for the controller: ${source.value.role.why}` }] };
  if (!source.known || !isPromoteRefused(source.value.role)) return {};
  const decision = decideDemote(source.value, { now: group.now, acceptsLoss: true });
  switch (decision.kind) {
    case 'refuse':
      return { blocks: refusalsOf(decision, { site, object }) };
    case 'write': {
      const { key, writes, consent } = decision;
      return {
        writes: [{ kind: 'replication', site, object, volume, key, does: 'demote', writes, consent }],
      };
    }
    default:
      return {};
  }
};

/** What is taken back was asked to become primary over there, and is not: as long as it is asked for, nothing else may be primary. */
export const withdrawWishes: StepKind = {
  name: 'Demote',
  site,
  title: 'Withdraw the promote that failed',
  reads: 'VolumeReplications of the site that was moved to',
  writes: 'replicationState secondary, where primary was asked for in vain',
  waitsFor: 'the controller to have taken it up',
  undo: '',
  canUndoAfter: true,
  look: (now) => together(now.volumes.map((volume) => lookAt(volume, now))),
};
