import type { ObjectName } from './object-name.ts';

/** Something that stands against a restore. It is found before anything is written. */
export type RestoreConflict = {
  readonly object: ObjectName;
  /** One clause about the object, without its name: `is bound to claim shop/other`. */
  readonly fact: string;
  /** What to do: a command, where one helps. */
  readonly next: string;
};
