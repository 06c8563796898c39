import { drCommand } from '../../status/dr-command.ts';
import { decideResync } from '../../step/decide-resync.ts';
import { isResynced } from '../../step/reached.ts';
import { resyncedMark, settledDemotion } from '../../step/stale-mark.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import type { GroupNow, VolumeNow } from '../move.ts';
import { isSaidStale, isStale } from '../stale-copy.ts';
import {
  type Block,
  claimObject,
  type StepKind,
  type StepLook,
  type StepObject,
  together,
  unknownWait,
} from '../step-look.ts';
import { refusalsOf, replicationOf } from './replication-steps.ts';

const site = 'target';

/** Written down that the copy holds what this primary writes: once that one is demoted nothing else tells. */
const noteMadeAnew = (
  { volume }: VolumeNow,
  source: StepFacts,
  target: StepFacts,
  now: number,
): Partial<StepLook> => {
  const before = replicationOf(target);
  const primary = replicationOf(source);
  if (before === undefined || primary === undefined) return {};
  const { namespace = '', name = '' } = before.metadata;
  const annotations = resyncedMark(source.here.name, primary);
  return {
    writes: [
      {
        kind: 'replication',
        site,
        object: claimObject(volume, site),
        volume,
        key: { namespace, name },
        does: 'settle',
        writes: [
          {
            kind: 'ask',
            before,
            replicationState: 'secondary',
            annotations,
            demotion: settledDemotion(now),
          },
        ],
        consent: undefined,
      },
    ],
  };
};

/** The copy is being made anew: once it is whole again, it is an ordinary replica. Left at resync, it would be thrown away again. */
const settle = (now: VolumeNow, source: StepFacts, target: StepFacts, group: GroupNow): Partial<StepLook> => {
  const before = replicationOf(target);
  if (before === undefined || replicationOf(source) === undefined) return {};
  const { reached, message } = isResynced(before);
  if (reached) return noteMadeAnew(now, source, target, group.now);
  return { waits: [{ site, object: claimObject(now.volume, site), why: message }] };
};

/** A copy is resynced from a primary: where neither side is primary, promote the good side first. */
const withWayOut = (blocks: readonly Block[], { role, here }: StepFacts, { volume }: VolumeNow): Block[] =>
  blocks.map((block) =>
    block.obstacle.next !== undefined || role.role === 'primary'
      ? block
      : { ...block, obstacle: { ...block.obstacle, next: drCommand(here, 'promote', volume.source) } },
  );

const start = (now: VolumeNow, source: StepFacts, target: StepFacts, group: GroupNow): Partial<StepLook> => {
  const { volume } = now;
  const object: StepObject = claimObject(volume, site);
  const decision = decideResync(target, group);
  if (decision.kind === 'refuse')
    return { blocks: withWayOut(refusalsOf(decision, { site, object }), source, now) };
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
  if (target.value.role.wants === 'resync') return settle(now, source.value, target.value, group);
  if (!isSaidStale(now, group)) return {};
  return isStale(now, group)
    ? start(now, source.value, target.value, group)
    : noteMadeAnew(now, source.value, target.value, group.now);
};

/** The application goes on running on the source meanwhile. */
export const resyncVolumes: StepKind = {
  name: 'Resync',
  site,
  title: 'Make the older copies anew',
  reads: 'VolumeReplications of both sites',
  writes: 'replicationState resync, and secondary once the copy is whole',
  waitsFor: 'the first OK of the driver',
  undo: 'none: the older copy is gone',
  canUndoAfter: true,
  look: (now) => together(now.volumes.map((volume) => lookAt(volume, now))),
};
