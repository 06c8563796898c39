import type { MoveGroup } from '../../core/plan/move.ts';
import type { PlannedStep } from '../../core/plan/plan-group.ts';
import type { Block, MoveWrite, StepName, Wait } from '../../core/plan/step-look.ts';

/** Why a group goes no further. */
export type GroupEnd =
  /** `unseen`: what would have shown that it is mirrored back, and has not yet. */
  | { readonly is: 'done'; readonly unseen?: readonly Wait[] }
  /** The volumes are primary, and the workloads do not come up. */
  | { readonly is: 'unready'; readonly waits: readonly Wait[] }
  /** A rule, or something that a person has to change. */
  | { readonly is: 'blocked'; readonly blocks: readonly Block[] }
  /** A write failed, and trying it again makes no sense. */
  | { readonly is: 'failed'; readonly write: MoveWrite; readonly error: unknown }
  /** A site has not answered for too long. */
  | { readonly is: 'dark'; readonly waits: readonly Wait[] }
  /** Somebody starts again what was stopped. */
  | { readonly is: 'restarted'; readonly write: MoveWrite };

/** Attempts at one write. */
export type Attempts = { count: number; readonly since: number; retryAt: number };

/** How the move of one group stands. */
export type GroupState = {
  readonly group: MoveGroup;
  steps: readonly PlannedStep[];
  end: GroupEnd | undefined;
  /** Writes that are being made, by `writeId`. */
  readonly inFlight: Set<string>;
  readonly attempts: Map<string, Attempts>;
  /** How often each workload was stopped. */
  readonly stops: Map<string, number>;
  darkSince: number | undefined;
  /** The step that is told as going on, and since when. */
  current:
    | { readonly name: StepName; readonly site: string; readonly index: number; readonly since: number }
    | undefined;
};

/** A group before its first look. */
export const newGroupState = (group: MoveGroup): GroupState => ({
  group,
  steps: [],
  end: undefined,
  inFlight: new Set(),
  attempts: new Map(),
  stops: new Map(),
  darkSince: undefined,
  current: undefined,
});

/** One text for each object that is written: one write at a time. */
export const writeId = ({ site, object: { kind, namespace, name } }: MoveWrite): string =>
  `${site} ${kind} ${namespace}/${name}`;
