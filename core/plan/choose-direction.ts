import type { Reading } from '../model/reading.ts';
import type { Role } from '../status/role.ts';
import type { MoveVerb } from './move.ts';

/** One of the two sites of a pair. */
export type Side = 'here' | 'there';

/** The roles of one volume on both sites. */
export type PairRoles = Readonly<Record<Side, Role>>;

/** What a direction is chosen by. */
export type DirectionFacts = {
  readonly verb: MoveVerb;
  readonly names: Readonly<Record<Side, string>>;
  /** Why a site does not answer; undefined where it does, also where it does not let us in. */
  readonly dark: Readonly<Record<Side, string | undefined>>;
  readonly roles: readonly PairRoles[];
  /** `--to`. */
  readonly to: string | undefined;
  /** Where the newest operation on these volumes was going to or came from, as far as the verb goes by it. */
  readonly recorded: Side | undefined;
  /** Why not all records are known; undefined where both sites told theirs. */
  readonly untold: string | undefined;
};

/** The side to move to, or why none can be told. */
export type Direction = Reading<Side>;

const otherOf = { here: 'there', there: 'here' } as const satisfies Record<Side, Side>;

const to = (side: Side): Direction => ({ known: true, value: side });

const cannotTell = (why: string): Direction => ({ known: false, why });

const named = ({ names, to: name }: DirectionFacts): Direction | undefined => {
  if (name === undefined) return undefined;
  const side = (['here', 'there'] as const).find((it) => names[it] === name);
  return side === undefined
    ? cannotTell(`--to=${name} is none of the two sites, ${names.here} and ${names.there}`)
    : to(side);
};

const primariesIn = ({ roles }: DirectionFacts): readonly Side[] =>
  (['here', 'there'] as const).filter((side) =>
    roles.some((role) => role[side] === 'primary' && role[otherOf[side]] !== 'primary'),
  );

/** Away from where all of them are primary. */
const awayFromPrimary = (facts: DirectionFacts): Direction | undefined => {
  const [side, another] = primariesIn(facts);
  if (side === undefined) return undefined;
  const { here, there } = facts.names;
  return another === undefined
    ? to(otherOf[side])
    : cannotTell(`some volumes are primary on ${here} and some on ${there}: name the target with --to`);
};

const readableOne = ({ dark }: DirectionFacts): Direction | undefined => {
  if (dark.here !== undefined && dark.there === undefined) return to('there');
  return dark.there !== undefined && dark.here === undefined ? to('here') : undefined;
};

const recordedOne = ({ recorded }: DirectionFacts): Direction | undefined =>
  recorded === undefined ? undefined : to(recorded);

/** A record that nobody could read may tell of a later move the other way: then the newer copy would be thrown away. */
const recordedByBoth = (facts: DirectionFacts): Direction | undefined =>
  facts.untold === undefined
    ? recordedOne(facts)
    : cannotTell(
        `not all records can be read (${facts.untold}), so that either copy may be the older one: run it again, or name the target with --to`,
      );

/** In order; the first that can tell decides. */
const ways: Readonly<
  Record<DirectionFacts['verb'], readonly ((facts: DirectionFacts) => Direction | undefined)[]>
> = {
  // Of a source that is lost a planned move is refused, with what is left to do.
  relocate: [named, recordedOne, awayFromPrimary, readableOne],
  // A lost site cannot be moved to.
  failover: [named, readableOne, recordedOne, awayFromPrimary],
  // Where they came from is home; nothing that both sites show tells which one that is.
  failback: [named, recordedByBoth],
  undo: [named],
};

const whyUntold: Readonly<Record<DirectionFacts['verb'], string>> = {
  relocate: 'which way to go cannot be told from what both sites show',
  failover: 'which way to go cannot be told from what both sites show',
  failback: 'no record tells where the volumes came from, so that either copy may be the older one',
  undo: 'no record tells where to go back to',
};

/** Which way a procedure goes. Where two are possible, a person has to say it. */
export const chooseDirection = (facts: DirectionFacts): Direction => {
  for (const way of ways[facts.verb]) {
    const direction = way(facts);
    if (direction !== undefined) return direction;
  }
  return cannotTell(`${whyUntold[facts.verb]}: name the target with --to`);
};
