import type { VolumeReplication } from '../../model/volume-replication.ts';
import type { Decision } from '../../step/decision.ts';
import type { StepFacts } from '../../step/step-facts.ts';
import type { Block } from '../step-look.ts';

/** The one VolumeReplication of a claim; undefined where there is none, or a group. */
export const replicationOf = ({ protectors }: StepFacts): VolumeReplication | undefined => {
  const [first] = protectors.known ? protectors.value : [];
  return first?.kind === 'VolumeReplication' ? first.object : undefined;
};

/** Everything that a refusal names, as what stands against a step. */
export const refusalsOf = (
  { obstacles, isRule }: Extract<Decision, { kind: 'refuse' }>,
  { site, object }: Pick<Block, 'site' | 'object'>,
): Block[] => obstacles.map((obstacle) => ({ site, object, obstacle, isRule }));
