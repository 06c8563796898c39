import type { ConsentAction } from '../consent.ts';
import type { Reading } from '../model/reading.ts';

/** What the object says about consent, and what the requesting user may. */
export type ConsentFacts = {
  /** The annotation's text; undefined where there is none. */
  readonly text: string | undefined;
  /** The annotation is new or another one with this change. */
  readonly isNew: boolean;
  /** It was there through an earlier change of the spec, and is good for one only. */
  readonly isUsed: boolean;
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

/** Whoever decides about one action asks this one function. */
export type ConsentTo = (facts: ConsentFacts, action: ConsentAction) => ConsentToAction;
