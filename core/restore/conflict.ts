import type { ClaimKey } from '../protection/claims-of-volume.ts';
import type { ObjectName } from './object-name.ts';

/** Something that stands against a restore. It is found before anything is written. */
export type RestoreConflict = {
  readonly object: ObjectName;
  /** One clause about the object, without its name: `is bound to claim shop/other`. */
  readonly fact: string;
  /** The claims that it stands against, as the target calls them, where its object does not tell. */
  readonly claims?: readonly ClaimKey[] | undefined;
  /** What to do, whichever command restores: a command, where one helps. */
  readonly next: string;
  /** Flags of `kubectl dr restore` by which it does not stand in the way. */
  readonly flags?: ConflictFlags | undefined;
};

/** What `kubectl dr restore` can do about a conflict, and a procedure cannot. */
export type ConflictFlags = {
  /** As they are typed: `--transform FILE`. */
  readonly words: string;
  /** The claim is then there under its own name: a procedure takes it as restored. */
  readonly servesMove: boolean;
};
