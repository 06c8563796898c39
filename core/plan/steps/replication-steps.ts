import type { VolumeReplication } from '../../model/volume-replication.ts';
import type { ConsentNeed, Decision } from '../../step/decision.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import type { Loss } from '../move.ts';
import type { Block } from '../step-look.ts';

/** The one VolumeReplication of a claim; undefined where there is none, or a group. */
export const replicationOf = ({ protectors }: StepFacts): VolumeReplication | undefined => {
  const [first] = protectors.known ? protectors.value : [];
  return first?.kind === 'VolumeReplication' ? first.object : undefined;
};

/** What a person has to accept first, as what stands against a step. */
export const blocksUntilAccepted = (
  consent: ConsentNeed,
  loss: Loss,
  { site, object }: Pick<Block, 'site' | 'object'>,
): Block[] => {
  const fallback = { code: 'Unknown' as const, message: `it would lose ${consent.loses}` };
  const obstacles = consent.obstacles.length === 0 ? [fallback] : consent.obstacles;
  return obstacles.map((obstacle) => ({ site, object, obstacle, isRule: true, need: { loss, consent } }));
};

/** Everything that a refusal names, as what stands against a step. */
export const refusalsOf = (
  { obstacles, isRule }: Extract<Decision, { kind: 'refuse' }>,
  { site, object }: Pick<Block, 'site' | 'object'>,
): Block[] => obstacles.map((obstacle) => ({ site, object, obstacle, isRule }));
