import { decideResync } from '../../step/decide-resync.ts';
import { isResynced } from '../../step/reached.ts';
import { resyncedMark } from '../../step/stale-mark.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import type { GroupNow, VolumeNow } from '../move.ts';
import { isStale } from '../stale-copy.ts';
import {
  claimObject,
  type StepKind,
  type StepLook,
  type StepObject,
  together,
  unknownWait,
} from '../step-look.ts';
import { refusalsOf, replicationOf } from './replication-steps.ts';

const site = 'target';

/** The copy is being made anew: once it is whole again, it is an ordinary replica. Left at resync, it would be thrown away again. */
const settle = ({ volume }: VolumeNow, source: StepFacts, target: StepFacts): Partial<StepLook> => {
  const before = replicationOf(target);
  const primary = replicationOf(source);
  if (before === undefined || primary === undefined) return {};
  const { reached, message } = isResynced(before);
  const object = claimObject(volume, site);
  if (!reached) return { waits: [{ site, object, why: message }] };
  const { namespace = '', name = '' } = before.metadata;
  const annotations = resyncedMark(source.here.name, primary);
  return {
    writes: [
      {
        kind: 'replication',
        site,
        object,
        volume,
        key: { namespace, name },
        does: 'settle',
        writes: [{ kind: 'ask', before, replicationState: 'secondary', annotations }],
        consent: undefined,
      },
    ],
  };
};

const start = (now: VolumeNow, target: StepFacts, group: GroupNow): Partial<StepLook> => {
  const { volume } = now;
  const object: StepObject = claimObject(volume, site);
  const decision = decideResync(target, group);
  if (decision.kind === 'refuse') return { blocks: refusalsOf(decision, { site, object }) };
  if (decision.kind !== 'write') return {};
  const { consent, key, writes } = decision;
  if (consent !== undefined && !group.isAccepted(volume, 'resync')) {
    const obstacle = { code: 'Unknown' as const, message: `it would lose ${consent.loses}` };
    return { blocks: [{ site, object, obstacle, isRule: true, need: { loss: 'resync', consent } }] };
  }
  return { writes: [{ kind: 'replication', site, object, volume, key, does: 'resync', writes, consent }] };
};

const lookAt = (now: VolumeNow, group: GroupNow): Partial<StepLook> => {
  const { volume, source, target, isThrough } = now;
  if (isThrough) return {};
  if (!source.known) return unknownWait(volume, 'source', source.why);
  if (!target.known) return unknownWait(volume, site, target.why);
  if (target.value.role.wants === 'resync') return settle(now, source.value, target.value);
  return isStale(now, group) ? start(now, target.value, group) : {};
};

/** The application goes on running on the source meanwhile. */
export const resyncVolumes: StepKind = {
  name: 'Resync',
  site,
  title: 'Make the older copies anew',
  reads: 'VolumeReplications of both sites',
  writes: 'replicationState resync, and secondary once the copy is whole',
  waitsFor: 'the first OK of the driver',
  undo: '',
  canUndoAfter: true,
  look: (now) => together(now.volumes.map((volume) => lookAt(volume, now))),
};
