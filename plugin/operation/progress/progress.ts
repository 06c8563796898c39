import { secondsBetween } from '../../../core/operation/seconds-between.ts';
import { formatAge } from '../../../core/status/age.ts';
import type { CurrentStep, GroupState } from '../group-state.ts';
import type { ActiveStep, LeftStep } from '../run-groups.ts';

/** Something that a person or a script is told of a whole operation, or of one group of it. */
export type Told = {
  readonly type: 'Info' | 'Warning' | 'Refused' | 'Failed' | 'TimedOut' | 'Done' | 'Planned';
  /** The group; undefined: the whole operation. */
  readonly group?: string | undefined;
  readonly site: string;
  readonly object?: { readonly kind: string; readonly namespace?: string | undefined; readonly name: string };
  readonly message: string;
  readonly code?: string | undefined;
  /** One command, as it is typed. */
  readonly next?: string | undefined;
};

/** Tells how an operation goes: live on a terminal, line by line elsewhere, or as JSON. */
export type Progress = {
  readonly tell: (told: Told) => void;
  /** A step of a group began, and is not over at once. */
  readonly stepStarted: (state: GroupState, step: ActiveStep) => void;
  readonly stepDone: (state: GroupState, current: CurrentStep, tookMs: number) => void;
  /** It is not over, and the group is not at it any more. */
  readonly stepLeft: (state: GroupState, current: CurrentStep, why: LeftStep) => void;
  /** A step of a group was looked at: what it waits for may have changed. */
  readonly looked: (state: GroupState, step: ActiveStep) => void;
  readonly ended: (state: GroupState) => void;
  /** Ends what is drawn: it stays as it is, and what is printed or asked from now on stands below it. */
  readonly pause: () => void;
};

/** The first thing that a step waits for, with how many more there are: one clause. */
export const waitText = ({ look }: ActiveStep): string => {
  const [first, ...more] = look.waits;
  if (first === undefined) return '';
  const { object, why } = first;
  return `${object.namespace}/${object.name}: ${why}${more.length === 0 ? '' : ` (and ${more.length} more)`}`;
};

/** `2 volumes, 1 workload`: what a step brings to its site; empty where nothing. */
export const restoredText = ({ restored }: CurrentStep): string =>
  [...restored]
    .filter(([, { size }]) => size > 0)
    .map(([word, { size }]) => `${size} ${word}${size === 1 ? '' : 's'}`)
    .join(', ');

/** How long a step took. */
export const tookText = ({ since }: CurrentStep, tookMs: number): string =>
  formatAge(secondsBetween(since, since + tookMs) * 1000);

/** Why a step was left; empty where that is told by itself. */
export const leftText = (why: LeftStep): string =>
  why === 'undone' ? 'not over: a step before it has come undone' : '';
