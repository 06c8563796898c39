import type { ConsentAction } from '../consent.ts';
import type { Seen } from '../consent-seen.ts';
import type { DemotionNote } from '../following/demotion.ts';
import type { PersistentVolume } from '../model/persistent-volume.ts';
import type { ReplicationState, VolumeReplication } from '../model/volume-replication.ts';
import type { RuleCode } from '../rules/rule-code.ts';
import type { RpoAtRisk } from './rpo-at-risk.ts';

/** Where a replication is. */
export type ReplicationKey = { readonly namespace: string; readonly name: string };

/** What a step writes, in this order. Each is decided by the object it names, and fails where that has changed since. */
export type StepWrite =
  | { readonly kind: 'retain'; readonly volume: PersistentVolume }
  | { readonly kind: 'create'; readonly object: VolumeReplication }
  | {
      readonly kind: 'ask';
      readonly before: VolumeReplication;
      readonly replicationState: ReplicationState;
      /** Written along; undefined takes one off. */
      readonly annotations?: Readonly<Record<string, string | undefined>>;
      /** Of a demotion, written down with it: whether the other site had followed. */
      readonly demotion?: DemotionNote;
      /** The consent that is on the object is what lets it pass, so that it stays. */
      readonly keepsConsent?: true;
    }
  | { readonly kind: 'delete'; readonly before: VolumeReplication };

/** What stands against a step: a safety rule by its code, or something that the step itself needs. */
export type Obstacle = {
  readonly code:
    | RuleCode
    | 'NotFound'
    | 'NotBound'
    | 'NotProtected'
    | 'NotDemoted'
    | 'Terminating'
    | 'GroupMember'
    | 'LeftBehind'
    | 'NoPrimary'
    | 'StaticVolume'
    | 'Ambiguous'
    | 'Unknown';
  readonly message: string;
  /** A command that is safe to run next, where the message does not end in one. */
  readonly next?: string | undefined;
};

/** What a person has to accept before a step may be written. */
export type ConsentNeed = {
  /** What the annotation accepts; nothing where no rule asks for one, and the person's word is enough. */
  readonly accepts: readonly ConsentAction[];
  /** What the rules found, for the person. */
  readonly obstacles: readonly Obstacle[];
  /** What would be lost, as one sentence without a full stop. */
  readonly loses: string;
  readonly loss: RpoAtRisk;
  /** What the person is shown of the other site: what they accept covers nothing worse. */
  readonly seen?: Seen | undefined;
  /** The other site by its name, where it says that it is primary, and becomes the first of two: that takes more than a word. */
  readonly besidePrimary?: string | undefined;
};

/** What a step does to one volume. */
export type Decision =
  /** It is so already, and was seen so. */
  | { readonly kind: 'unchanged'; readonly message: string }
  /** It was asked for before: only to be waited for. */
  | { readonly kind: 'await'; readonly key: ReplicationKey }
  | {
      readonly kind: 'write';
      /** `promote by VolumeReplication db of class rbd`, for a dry run. */
      readonly message: string;
      readonly key: ReplicationKey;
      readonly writes: readonly StepWrite[];
      /** Undefined: nothing can be lost by it. */
      readonly consent: ConsentNeed | undefined;
      /** Lost where it is written before the other site shows that its last writes have arrived: waited for, unless accepted. */
      readonly handOver?: ConsentNeed | undefined;
    }
  /** Not now; `isRule`: a safety rule says so. */
  | { readonly kind: 'refuse'; readonly isRule: boolean; readonly obstacles: readonly Obstacle[] };

/** A step that one thing stands against. */
export const cannot = (
  code: Obstacle['code'],
  message: string,
  next?: string,
): Extract<Decision, { kind: 'refuse' }> => ({
  kind: 'refuse',
  isRule: code.startsWith('DR'),
  obstacles: [{ code, message, next }],
});
