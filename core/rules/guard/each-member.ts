import type { Member, ReplicationFacts } from '../replication-facts.ts';
import { cannotTell } from './cannot-tell.ts';
import { nameReplication } from './commands.ts';
import { listNames } from './list-names.ts';
import type { Objection } from './objection.ts';

/** An objection to one claim of a replication. Those of one cause become one, so that a group of a hundred stays readable. */
export type MemberObjection = Omit<Objection, 'next'> & {
  readonly cause: string;
  /** What the list of the others names: a claim, or its PV. */
  readonly about: string;
  /** What is good for all of them, or what to do about those that are shown while others are hidden. */
  readonly next: string | ((shown: readonly string[], hidden: number) => string);
};

/** What to do about the first is to be done about each. */
export const andSoForEach =
  (next: string) =>
  (shown: readonly string[], hidden: number): string =>
    shown.length + hidden > 1 ? `${next} (and so for each)` : next;

/** What is known to be wrong comes before what is only not known to be right. */
export const unknownCause = 'unknown';

/** So many names of a group are written out. */
const mostShown = 5;

const fold = ([first, ...others]: readonly [MemberObjection, ...MemberObjection[]]): Objection => {
  const names = others.map(({ about }) => about);
  const shown = [first.about, ...names.slice(0, mostShown)];
  const likewise = names.length === 0 ? '' : `; the same holds for ${listNames(names, mostShown)}`;
  const { fact, risk, next } = first;
  return {
    fact: fact + likewise,
    risk,
    next: typeof next === 'string' ? next : next(shown, names.length + 1 - shown.length),
  };
};

const isNotEmpty = <T>(list: T[]): list is [T, ...T[]] => list.length > 0;

/** Asks one question about every claim that a replication takes in. Claims that are not known are an objection. */
export const eachMember = (
  { change, members }: ReplicationFacts,
  judge: (member: Member) => MemberObjection | undefined,
): readonly Objection[] => {
  if (!members.known) {
    const what = `which claims ${nameReplication(change)} takes in`;
    return [cannotTell(what, members.why, 'what it would do to them cannot be judged')];
  }
  const objections = members.value
    .flatMap((member) => judge(member) ?? [])
    .toSorted((a, b) => Number(a.cause === unknownCause) - Number(b.cause === unknownCause));
  const byCause = Map.groupBy(objections, ({ cause }) => cause);
  return [...byCause.values()].filter(isNotEmpty).map(fold);
};

/** The same for one fact of a claim that could not be read. */
export const cannotTellOfMember = (
  what: string,
  why: string,
  { about, risk }: { readonly about: string; readonly risk: string },
): MemberObjection => ({ ...cannotTell(what, why, risk), cause: unknownCause, about });
