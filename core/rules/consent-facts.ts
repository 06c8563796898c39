import type { Reading } from '../model/reading.ts';

/** What the object says about consent, and what the requesting user may. */
export type ConsentFacts = {
  /** The annotation's text; undefined where there is none. */
  readonly text: string | undefined;
  /** A command supposes it, to see what it would let pass: nobody gave it. */
  readonly isSupposed?: boolean;
  /** The annotation is new or another one with this change. */
  readonly isNew: boolean;
  /** It was used for an earlier change of the spec, and is good for one only. */
  readonly isUsed: boolean;
  /** That it is used for this change is written on the object, where everybody sees it, or is before anything is done by it. */
  readonly isRecorded: boolean;
  /** Generations of the object that a consent to this change may have been given at: the one of now first. 0: it is created. */
  readonly generations: readonly [number, ...number[]];
  /** Whether the requesting user has the verb `consent` on the resource; asked only where there is an annotation. */
  readonly mayConsent: Reading<boolean>;
  /** The requesting user, for texts. */
  readonly user: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** What consent there is to one action. */
export type ConsentToAction =
  | { readonly state: 'absent' }
  | { readonly state: 'void'; readonly why: string }
  | { readonly state: 'valid'; readonly by: string; readonly reason: string | undefined };
