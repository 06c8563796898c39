import type { MoveGroup, SiteRole } from '../../core/plan/move.ts';
import type { PlannedStep } from '../../core/plan/plan-group.ts';
import type { Block, MoveWrite, StepKind, StepLook, StepName, Wait } from '../../core/plan/step-look.ts';

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
  | { readonly is: 'restarted'; readonly write: MoveWrite }
  /** Somebody sets a replication back each time it is asked for something; `who`: one clause. */
  | { readonly is: 'set back'; readonly write: MoveWrite; readonly who: string };

/** Attempts at one write. */
export type Attempts = { count: number; readonly since: number; retryAt: number };

/** The step that a group is at. */
export type CurrentStep = {
  readonly name: StepName;
  readonly site: string;
  readonly index: number;
  readonly since: number;
  /** It was over before, and has come undone. */
  readonly isAgain: boolean;
  /** What it brings to its site, by kind: keys of objects, once each however often they are looked at. */
  readonly restored: ReadonlyMap<string, Set<string>>;
};

/** How the move of one group stands. */
export type GroupState = {
  readonly group: MoveGroup;
  /** Names of the sites. */
  readonly sites: Readonly<Record<SiteRole, string>>;
  steps: readonly PlannedStep[];
  end: GroupEnd | undefined;
  /** Writes that are being made, by `writeId`. */
  readonly inFlight: Set<string>;
  /** By `attemptsAt` of the write. */
  readonly attempts: Map<string, Attempts>;
  /** How often each workload was stopped. */
  readonly stops: Map<string, number>;
  /** How often each change of a replication was made, by `writeId` and what it does. */
  readonly asked: Map<string, { readonly count: number; readonly write: MoveWrite }>;
  darkSince: number | undefined;
  /** The step that is told as going on, and since when. */
  current: CurrentStep | undefined;
  /** Steps that were over once, by index. */
  readonly wereOver: Set<number>;
};

/** A group before its first look. */
export const newGroupState = (group: MoveGroup, sites: GroupState['sites']): GroupState => ({
  group,
  sites,
  steps: [],
  end: undefined,
  inFlight: new Set(),
  attempts: new Map(),
  stops: new Map(),
  asked: new Map(),
  darkSince: undefined,
  current: undefined,
  wereOver: new Set(),
});

/** A group begins with a step. */
export const newCurrentStep = (
  { sites, wereOver }: GroupState,
  { name, site }: Pick<StepKind, 'name' | 'site'>,
  { index, since }: Pick<CurrentStep, 'index' | 'since'>,
): CurrentStep => ({
  name,
  site: sites[site],
  index,
  since,
  isAgain: wereOver.has(index),
  restored: new Map([
    ['volume', new Set()],
    ['workload', new Set()],
  ]),
});

/** Notes what a step is about to restore. */
export const noteRestored = ({ restored }: CurrentStep, { writes }: StepLook): void => {
  for (const { kind, object } of writes) {
    if (kind !== 'restore') continue;
    const word = object.kind === 'PersistentVolumeClaim' ? 'volume' : 'workload';
    restored.get(word)?.add(`${object.kind} ${object.namespace}/${object.name}`);
  }
};

/** One text for each object that is written: one write at a time. */
export const writeId = ({ site, object: { kind, namespace, name } }: MoveWrite): string =>
  `${site} ${kind} ${namespace}/${name}`;
