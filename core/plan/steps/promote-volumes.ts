import { decidePromote } from '../../step/decide-promote.ts';
import type { Decision } from '../../step/decision.ts';
import { isPromoted } from '../../step/reached.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import { lossOfPromote } from '../loss-of-promote.ts';
import type { GroupNow, MoveVerb, VolumeNow } from '../move.ts';
import { promoteInVain } from '../not-found-there.ts';
import { promoteOptions } from '../promote-options.ts';
import {
  claimObject,
  type StepKind,
  type StepLook,
  type StepObject,
  together,
  unknownWait,
} from '../step-look.ts';
import { blocksUntilAccepted, refusalsOf, replicationOf } from './replication-steps.ts';

const site = 'target';

/**
 * Asked for, and not answered yet. A controller takes a consent away as it uses it, and tells of the promote a moment later: one that
 * misses a consent says so, and only then is there one to give.
 */
const isUnanswered = ({ role: { wants, progress } }: StepFacts): boolean =>
  wants === 'primary' && progress === 'ignored';

const awaitPromote = (facts: StepFacts, object: StepObject): Partial<StepLook> => ({
  waits: [{ site, object, why: isPromoted(replicationOf(facts)).message }],
});

const lookAtWrite = (
  { volume }: VolumeNow,
  facts: StepFacts,
  { key, writes, consent, handOver }: Extract<Decision, { kind: 'write' }>,
  { isAccepted, verb }: GroupNow,
): Partial<StepLook> => {
  const object = claimObject(volume, site);
  const isForced = isAccepted(volume, 'force-promote');
  // Whoever accepted a promote by force was shown everything that can be lost by it.
  if (consent !== undefined && !isForced && !isAccepted(volume, lossOfPromote(consent)))
    return { blocks: blocksUntilAccepted(consent, lossOfPromote(consent), { site, object }) };
  if (consent !== undefined && isUnanswered(facts)) return awaitPromote(facts, object);
  // Undone: the source's copy is not younger than the one that was demoted here.
  if (handOver !== undefined && consent === undefined && !isForced && verb !== 'undo')
    return { waits: [{ site, object, why: handOver.loss.known ? '' : handOver.loss.why }] };
  const used = consent ?? (isForced ? handOver : undefined);
  return {
    writes: [{ kind: 'replication', site, object, volume, key, does: 'promote', writes, consent: used }],
  };
};

/** These promote nothing without having seen the source: one that cannot be read for a moment is waited for, and nobody is asked to force. */
const needSource: readonly MoveVerb[] = ['relocate', 'failback'];

const lookAt = (now: VolumeNow, group: GroupNow): Partial<StepLook> => {
  const { volume, source, target } = now;
  if (!target.known) return unknownWait(volume, site, target.why);
  const { verb } = group;
  const decision = decidePromote(target.value, promoteOptions(group, volume));
  const isOpen = decision.kind === 'refuse' || decision.kind === 'write';
  if (isOpen && !source.known && needSource.includes(verb)) return unknownWait(volume, 'source', source.why);
  const object = claimObject(volume, site);
  switch (decision.kind) {
    case 'unchanged':
      return {};
    case 'await': {
      const inVain = promoteInVain(now, group);
      return inVain === undefined ? awaitPromote(target.value, object) : { blocks: [inVain] };
    }
    case 'refuse':
      return { blocks: refusalsOf(decision, { site, object }) };
    case 'write':
      return lookAtWrite(now, target.value, decision, group);
  }
};

/** The point of no return: once the target takes writes, the way back is another move. */
export const promoteVolumes: StepKind = {
  name: 'Promote',
  site,
  title: 'Promote the volumes',
  reads: 'VolumeReplications of both sites',
  writes: 'VolumeReplications that ask for primary',
  waitsFor: 'state Primary',
  undo: 'Move back',
  canUndoAfter: false,
  look: (now) => together(now.volumes.map((volume) => lookAt(volume, now))),
};
