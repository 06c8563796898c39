import type { ReviewReading } from '../read-review.ts';

/** To the thread that reads: a body, which is its own from then on. */
export type LargeReview = { readonly serial: number; readonly bytes: Uint8Array };

/** Back from it. */
export type LargeReviewRead = { readonly serial: number; readonly reading: ReviewReading };
