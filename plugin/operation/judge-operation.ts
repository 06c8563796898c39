import { judgeGroup } from '../../core/plan/judge-move.ts';
import type { MoveGroup } from '../../core/plan/move.ts';
import { planGroup } from '../../core/plan/plan-group.ts';
import type { Block } from '../../core/plan/step-look.ts';
import type { Session } from './session.ts';

/** What stands against an operation before its first write. */
export type JudgedOperation = {
  /** Groups that nothing stands against. */
  readonly open: readonly MoveGroup[];
  readonly refused: readonly { readonly group: MoveGroup; readonly blocks: readonly Block[] }[];
  /** One clause each. */
  readonly warnings: readonly string[];
};

/** A consent that is still to be asked for is no obstacle yet. */
const standsAgainst = ({ need }: Block): boolean => need === undefined;

const blocksOf = (session: Session, group: MoveGroup): readonly Block[] => {
  const facts = session.facts();
  const judged = judgeGroup(facts, group).blocks;
  if (judged.length > 0) return judged;
  // The first step that is not over may find more: a claim that nothing brings.
  return planGroup(facts, group).flatMap((step) =>
    step.state === 'active' ? step.look.blocks.filter(standsAgainst) : [],
  );
};

/** Judges all groups by what both sites show now. */
export const judgeOperation = (session: Session): JudgedOperation => {
  const facts = session.facts();
  const judged = session.groups.map((group) => ({ group, blocks: blocksOf(session, group) }));
  const warnings = judged.flatMap(({ group }) => judgeGroup(facts, group).warnings);
  return {
    open: judged.filter(({ blocks }) => blocks.length === 0).map(({ group }) => group),
    refused: judged.filter(({ blocks }) => blocks.length > 0),
    warnings: [...new Set(warnings)],
  };
};
