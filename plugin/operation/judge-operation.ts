import { type Judgement, judgeGroup } from '../../core/plan/judge-move.ts';
import type { MoveGroup } from '../../core/plan/move.ts';
import { planGroup } from '../../core/plan/plan-group.ts';
import type { Block } from '../../core/plan/step-look.ts';
import type { Doubt } from '../../core/plan/warn-of-move.ts';
import type { Session } from './session.ts';

/** What stands against an operation before its first write. */
export type JudgedOperation = {
  /** Groups that nothing stands against. */
  readonly open: readonly MoveGroup[];
  readonly refused: readonly { readonly group: MoveGroup; readonly blocks: readonly Block[] }[];
  /** Of the open ones: what speaks against them just now, though a person may go on. */
  readonly doubts: readonly Doubt[];
  /** One clause each. */
  readonly warnings: readonly string[];
};

/** A consent that is still to be asked for is no obstacle yet. */
const standsAgainst = ({ need }: Block): boolean => need === undefined;

const blocksOf = (session: Session, group: MoveGroup, { blocks }: Judgement): readonly Block[] => {
  if (blocks.length > 0) return blocks;
  // The first step that is not over may find more: a claim that nothing brings.
  return planGroup(session.facts(), group).flatMap((step) =>
    step.state === 'active' ? step.look.blocks.filter(standsAgainst) : [],
  );
};

/** Judges all groups by what both sites show now. */
export const judgeOperation = (session: Session): JudgedOperation => {
  const facts = session.facts();
  const judged = session.groups.map((group) => {
    const judgement = judgeGroup(facts, group);
    return { group, judgement, blocks: blocksOf(session, group, judgement) };
  });
  const open = judged.filter(({ blocks }) => blocks.length === 0);
  return {
    open: open.map(({ group }) => group),
    refused: judged.filter(({ blocks }) => blocks.length > 0),
    doubts: open.flatMap(({ judgement }) => judgement.doubts),
    warnings: [...new Set(judged.flatMap(({ judgement }) => judgement.warnings))],
  };
};
