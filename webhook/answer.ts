import type { PatchOperation } from '../core/rules/repair-facts.ts';

/** What is said beside a verdict. */
export type Remarks = {
  /** For the person who made the request; kubectl prints them. */
  readonly warnings?: readonly string[];
  /** Keys without the webhook's name, which the API server puts in front. */
  readonly auditAnnotations?: Readonly<Record<string, string>>;
};

/** What a review is answered with; `respond.ts` alone turns it into an AdmissionReview. */
export type Answer = Remarks &
  (
    | { readonly allowed: true; readonly patch?: readonly PatchOperation[] }
    /** 400: no review; 403: a rule refuses; 422: the object cannot be read; 500: our own fault, or no time left. */
    | { readonly allowed: false; readonly status: 400 | 403 | 422 | 500; readonly message: string }
  );
