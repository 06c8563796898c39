import type { DemotionNote } from '../following/demotion.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { Reading } from '../model/reading.ts';
import type { ReplicationObject } from '../protection/replication-subject.ts';
import type { RepairCode } from './rule-code.ts';

/** An object on its way in: a volume or claim that is created, or a replication that is changed. */
export type RepairFacts =
  | {
      readonly subject: 'volume';
      readonly volume: PersistentVolume;
      /** The claim of this cluster that the claimRef names, whatever its uid; undefined where there is none. */
      readonly claim: Reading<PersistentVolumeClaim | undefined>;
      /** Whether a replication of either site protects the volume behind it; left out where the PV keeps it, as nobody asks then. */
      readonly isProtected?: Reading<boolean>;
    }
  | { readonly subject: 'claim'; readonly claim: PersistentVolumeClaim }
  | {
      /** A change of the spec: nothing else raises the generation. */
      readonly subject: 'demotion';
      /** As it is stored now. */
      readonly before: ReplicationObject;
      readonly after: ReplicationObject;
      /** Whether the other site had followed it before the change, as the guard judges it. */
      readonly note: DemotionNote;
    }
  | {
      /** The note of a demotion is changed, and the spec is not. */
      readonly subject: 'note';
      readonly before: ReplicationObject;
      readonly after: ReplicationObject;
      /** Whether the requesting user may write the status, as a controller does. */
      readonly mayWriteStatus: Reading<boolean>;
    }
  | {
      readonly subject: 'consent';
      /** As it is stored now; undefined where it is created. */
      readonly before: ReplicationObject | undefined;
      readonly after: ReplicationObject;
      /** The spec is another one by it, or new. */
      readonly specChanges: boolean;
      /** The same change takes a primary down, or touches the note of that. */
      readonly demotion: Extract<RepairFacts, { subject: 'demotion' | 'note' }> | undefined;
      /** Milliseconds since the epoch. */
      readonly now: number;
    };

/** RFC 6902, as small as it can be; `test` operations are allowed. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What was mended: nothing where both lists are empty. */
export type Repair = {
  readonly patch: readonly PatchOperation[];
  /** One per rule that did something; `message` is for a warning, undefined where nobody has to be told. */
  readonly done: readonly { readonly code: RepairCode; readonly message: string | undefined }[];
};
