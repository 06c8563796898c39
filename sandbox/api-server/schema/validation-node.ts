import type { Schema } from './schema.ts';
import type { Outcome } from './violation.ts';

/** A value's place: its path, and what stood there before. `old` is undefined where there is nothing to compare with. */
export type Place = { path: string; old: unknown };

/** Checks a value and all that is in it. */
export type Node = (value: unknown, place: Place, outcome: Outcome) => void;

/** Makes the node of a schema. */
export type CompileNode = (schema: Schema) => Node;
