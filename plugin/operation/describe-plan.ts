import type { MoveFacts, MoveGroup } from '../../core/plan/move.ts';
import { type PlannedStep, planGroup } from '../../core/plan/plan-group.ts';
import { procedures } from '../../core/plan/procedures.ts';
import type { StepKind } from '../../core/plan/step-look.ts';
import { createTable } from '../output/table.ts';

/** One numbered step of a plan, for all groups together. */
export type PlanRow = {
  readonly number: number;
  readonly kind: StepKind;
  readonly site: string;
  /** Groups for which it is over already. */
  readonly done: number;
  readonly groups: number;
};

/** What a procedure is going to do, from what both sites show now. */
export const planRows = (facts: MoveFacts, groups: readonly MoveGroup[]): readonly PlanRow[] => {
  const plans = groups.map((group) => planGroup(facts, group));
  const isDone = (plan: readonly PlannedStep[], index: number): boolean => plan[index]?.state === 'done';
  return procedures[facts.verb].map((kind, index) => ({
    number: index + 1,
    kind,
    site: facts.sites[kind.site].site.name,
    // A step that only looks is not over as long as one before it is to come.
    done: plans.filter((plan) => plan.slice(0, index + 1).every((_, at) => isDone(plan, at))).length,
    groups: groups.length,
  }));
};

const stateOf = ({ done, groups }: PlanRow): string => {
  if (done === groups) return 'done';
  return done === 0 ? '' : `${done}/${groups} done`;
};

/** The plan as a table: what happens where, what is waited for, and what takes it back. */
export const renderPlan = (rows: readonly PlanRow[]): string => {
  const isBegun = rows.some((row) => row.done > 0);
  return createTable().format([
    ['STEP', 'SITE', 'WHAT', 'WRITES', 'WAITS FOR', 'UNDO', ...(isBegun ? ['STATE'] : [])],
    ...rows.map((row) => [
      String(row.number),
      row.site,
      row.kind.title,
      row.kind.writes || '-',
      row.kind.waitsFor || '-',
      row.kind.undo || '-',
      ...(isBegun ? [stateOf(row)] : []),
    ]),
  ]);
};
