import type { GuardFacts } from '../guard-facts.ts';

/** What a rule has against a change, in three parts; who judges makes one line of them. */
export type Objection = {
  /** What is so: a clause that names the objects. */
  readonly fact: string;
  /** What could come of it: a clause. */
  readonly risk: string;
  /** The next safe thing to do: a sentence without full stop, that ends in a command where there is one. */
  readonly next: string;
};

/** A guard rule: nothing where the change is none of its business, or safe. It never throws. */
export type GuardRule = (facts: GuardFacts) => readonly Objection[];
