import type { Replication } from '../status/replication.ts';
import type { Demotion } from './demotion.ts';
import {
  type Followed,
  type FollowedOptions,
  followedSincePromote,
  hasFollowedCondition,
} from './followed.ts';

/** What a replication tells of the two copies before it is changed. */
export type CopyFacts = {
  /** Whether the other site's copy has followed this one: matters where this one is to stop being primary. */
  readonly followed: Followed;
  /** dr-controller tells of it, so that it can be waited for by a condition. */
  readonly isTold: boolean;
  /** What it shows of its own last demotion: matters where it is to become primary. */
  readonly demotion: Demotion;
};

/** Of a replication that is created: nothing was written through it. */
const nothingWritten: CopyFacts = {
  followed: { state: 'yes' },
  isTold: false,
  demotion: { kind: 'never' },
};

/** What a replication, as it was before a change, tells of the two copies; undefined: it is created. */
export const copyFactsBefore = (before: Replication | undefined, options: FollowedOptions): CopyFacts =>
  before === undefined
    ? nothingWritten
    : {
        followed: followedSincePromote(before, options),
        isTold: hasFollowedCondition(before),
        demotion: before.demotion,
      };
