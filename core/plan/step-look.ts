import type { ConsentNeed, Obstacle, ReplicationKey, StepWrite } from '../step/decision.ts';
import type { Workload } from '../workload/workload.ts';
import type { GroupNow, Loss, MoveVolume, SiteRole } from './move.ts';

/** An object of a site, as a person knows it. */
export type StepObject = { readonly kind: string; readonly namespace: string; readonly name: string };

/** One change that a step makes. */
export type MoveWrite =
  /** Brings what is missing from the source or a backup: claims with their volumes, and workloads. */
  | { readonly kind: 'restore'; readonly site: SiteRole; readonly object: StepObject }
  | {
      readonly kind: 'workload';
      readonly site: SiteRole;
      readonly object: StepObject;
      readonly workload: Workload;
      readonly does: 'stop' | 'start';
      readonly size: number;
      /** A merge patch. */
      readonly patch: unknown;
    }
  | {
      readonly kind: 'replication';
      readonly site: SiteRole;
      readonly object: StepObject;
      readonly volume: MoveVolume;
      readonly key: ReplicationKey;
      readonly does: 'demote' | 'promote' | 'resync' | 'settle';
      readonly writes: readonly StepWrite[];
      /** What is accepted by it; undefined where nothing can be lost. */
      readonly consent: ConsentNeed | undefined;
    };

/** Something that a step waits for. */
export type Wait = {
  readonly site: SiteRole;
  readonly object: StepObject;
  /** One clause: `pod web-0 uses it`. */
  readonly why: string;
  /** It cannot be read, so that nobody knows whether it is so already. */
  readonly isUnknown?: boolean;
};

/** Something that stands against a step, until a person changes it. */
export type Block = {
  readonly site: SiteRole;
  readonly object: StepObject;
  readonly obstacle: Obstacle;
  /** A safety rule says so. */
  readonly isRule: boolean;
  /** It would pass if a person accepted this. */
  readonly need?: { readonly loss: Loss; readonly consent: ConsentNeed } | undefined;
};

/** How a step stands for one group: done where there is nothing to write, to wait for, and nothing stands against it. */
export type StepLook = {
  readonly writes: readonly MoveWrite[];
  readonly waits: readonly Wait[];
  readonly blocks: readonly Block[];
  /** What a person should know beside, one clause each. */
  readonly remarks: readonly string[];
};

/** Nothing to do. */
export const done: StepLook = { writes: [], waits: [], blocks: [], remarks: [] };

/** Whether a step is over. */
export const isDone = ({ writes, waits, blocks }: StepLook): boolean =>
  writes.length + waits.length + blocks.length === 0;

/** Several looks as one. */
export const together = (looks: readonly Partial<StepLook>[]): StepLook => ({
  writes: looks.flatMap(({ writes = [] }) => writes),
  waits: looks.flatMap(({ waits = [] }) => waits),
  blocks: looks.flatMap(({ blocks = [] }) => blocks),
  remarks: [...new Set(looks.flatMap(({ remarks = [] }) => remarks))],
});

/** The steps that procedures are made of. */
export type StepName =
  | 'Restore'
  | 'Stop'
  | 'Release'
  | 'Demote'
  | 'Resync'
  | 'CatchUp'
  | 'HandOver'
  | 'Promote'
  | 'Start'
  | 'Ready'
  | 'Reverse';

/** One kind of step on one site: what it is, for people, and how it stands. */
export type StepKind = {
  readonly name: StepName;
  readonly site: SiteRole;
  /** `Stop the workloads`. */
  readonly title: string;
  readonly reads: string;
  /** Empty: it only waits. */
  readonly writes: string;
  readonly waitsFor: string;
  /** What takes it back; empty where nothing has to. */
  readonly undo: string;
  /** Whether the procedure can be taken back after it. */
  readonly canUndoAfter: boolean;
  /** Why a group does not need it, one clause; undefined where it does. Left out: every group needs it. */
  readonly needlessAs?: (now: GroupNow) => string | undefined;
  readonly look: (now: GroupNow) => StepLook;
};

/** The claim of a volume on a site. */
export const claimObject = (volume: MoveVolume, site: SiteRole): StepObject => ({
  kind: 'PersistentVolumeClaim',
  ...volume[site],
});

/** A workload as an object of a step. */
export const workloadObject = ({ resource, namespace, name }: Workload): StepObject => ({
  kind: resource.kind,
  namespace,
  name,
});

/** What cannot be read is waited for: it may come back. */
export const unknownWait = (volume: MoveVolume, site: SiteRole, why: string): Partial<StepLook> => ({
  waits: [{ site, object: claimObject(volume, site), why, isUnknown: true }],
});
