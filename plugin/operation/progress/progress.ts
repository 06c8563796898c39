import type { GroupState } from '../group-state.ts';
import type { ActiveStep } from '../run-groups.ts';

/** Something that a person or a script is told of a whole operation, or of one group of it. */
export type Told = {
  readonly type: 'Info' | 'Warning' | 'Refused' | 'Failed' | 'TimedOut' | 'Done' | 'Planned';
  /** The group; undefined: the whole operation. */
  readonly group?: string | undefined;
  readonly site: string;
  readonly object?: { readonly kind: string; readonly namespace?: string | undefined; readonly name: string };
  readonly message: string;
  readonly code?: string | undefined;
  readonly next?: string | undefined;
};

/** Tells how an operation goes: live on a terminal, line by line elsewhere, or as JSON. */
export type Progress = {
  readonly tell: (told: Told) => void;
  /** A step of a group began, and is not over at once. */
  readonly stepStarted: (state: GroupState, step: ActiveStep) => void;
  readonly stepDone: (state: GroupState, current: NonNullable<GroupState['current']>, tookMs: number) => void;
  /** A step before it has to be made once more. */
  readonly stepLeft: (state: GroupState, current: NonNullable<GroupState['current']>) => void;
  /** A step of a group was looked at: what it waits for may have changed. */
  readonly looked: (state: GroupState, step: ActiveStep) => void;
  readonly ended: (state: GroupState) => void;
  /** Ends what is drawn, so that something else can be printed or asked. */
  readonly pause: () => void;
  readonly resume: () => void;
};

/** The first thing that a step waits for, with how many more there are: one clause. */
export const waitText = ({ look }: ActiveStep): string => {
  const [first, ...more] = look.waits;
  if (first === undefined) return '';
  const { object, why } = first;
  return `${object.namespace}/${object.name}: ${why}${more.length === 0 ? '' : ` (and ${more.length} more)`}`;
};
