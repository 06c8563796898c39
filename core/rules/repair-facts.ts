import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { Reading } from '../model/reading.ts';
import type { RepairCode } from './rule-code.ts';

/** An object that arrives: only creations are repaired. */
export type RepairFacts =
  | {
      readonly subject: 'volume';
      readonly volume: PersistentVolume;
      /** The claim of this cluster that the claimRef names, whatever its uid; undefined where there is none. */
      readonly claim: Reading<PersistentVolumeClaim | undefined>;
    }
  | { readonly subject: 'claim'; readonly claim: PersistentVolumeClaim };

/** RFC 6902, as small as it can be; `test` operations are allowed. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What was mended: nothing where both lists are empty. */
export type Repair = {
  readonly patch: readonly PatchOperation[];
  /** One per rule that did something, for a warning. */
  readonly done: readonly { readonly code: RepairCode; readonly message: string }[];
};
