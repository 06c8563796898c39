// One step of a history, readable in a counterexample.
import type fc from 'fast-check';
import type { Asked } from './begin-run.ts';
import type { Bringing } from './brought-objects.ts';
import { checkStorage, type Disturbances } from './move-invariants.ts';
import type { MovingWorld } from './moving-world.ts';
import type { Operator } from './simulated-operator.ts';
import type { SiteNumber } from './simulated-storage.ts';

/** A world, whoever works on it, and what has been asked for. */
export type History = {
  readonly world: MovingWorld;
  readonly operators: readonly [Operator, Operator];
  /** Taken at the beginning, for when the source is lost. */
  readonly backup: Bringing;
  readonly disturbed: Disturbances;
  lastAsked: Asked | undefined;
  /** Sizes of both sites when the procedure began that is not over. */
  before:
    | { readonly name: string; readonly source: SiteNumber; readonly sizes: readonly unknown[] }
    | undefined;
};

type Change = (history: History) => Promise<void> | void;

/** A change of a history; what meddlers do is left out where there are none. */
export class MoveCommand implements fc.AsyncCommand<object, History> {
  readonly #says: string;
  readonly #change: Change;
  readonly #isMeddling: boolean;
  constructor(says: string, change: Change, isMeddling: boolean) {
    this.#says = says;
    this.#change = change;
    this.#isMeddling = isMeddling;
  }
  check(): boolean {
    return true;
  }
  async run(_: object, history: History): Promise<void> {
    if (this.#isMeddling && !history.world.setup.hasMeddlers) return;
    history.world.steps += 1;
    // No two steps are made at the same moment.
    history.world.now += 200;
    await this.#change(history);
    checkStorage(history.world);
  }
  toString(): string {
    return this.#says;
  }
}

/** What happens by itself, and what operators do. */
export const step = (says: string, change: Change): MoveCommand => new MoveCommand(says, change, false);
/** What other people and tools do beside the operators. */
export const meddle = (says: string, change: Change): MoveCommand => new MoveCommand(says, change, true);
