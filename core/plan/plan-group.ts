import { lookAtGroup } from './look-at-group.ts';
import type { MoveFacts, MoveGroup } from './move.ts';
import { procedures } from './procedures.ts';
import { isDone, type StepKind, type StepLook } from './step-look.ts';

/** One step of the plan of a group. `later`: not looked at, as a step before it is not over. */
export type PlannedStep = { readonly kind: StepKind } & (
  | {
      readonly state: 'done' | 'active';
      readonly look: StepLook;
      /** Why the group does not need it, one clause; undefined where it does. */
      readonly needlessAs?: string | undefined;
    }
  | { readonly state: 'later' }
);

/**
 * What is left to be done for a group, from what both sites show now. Planning again after every change gives the rest: that is all
 * there is to going on after an interruption.
 */
export const planGroup = (facts: MoveFacts, group: MoveGroup): readonly PlannedStep[] => {
  const now = lookAtGroup(facts, group);
  let isOpen = true;
  return procedures[facts.verb].map((kind): PlannedStep => {
    if (!isOpen) return { kind, state: 'later' };
    const look = kind.look(now);
    isOpen = isDone(look);
    return { kind, state: isOpen ? 'done' : 'active', look, needlessAs: kind.needlessAs?.(now) };
  });
};

/** The step that is not over; undefined where all are. */
export const activeStep = (
  steps: readonly PlannedStep[],
): Extract<PlannedStep, { look: StepLook }> | undefined =>
  steps.find((step): step is Extract<PlannedStep, { look: StepLook }> => step.state === 'active');
