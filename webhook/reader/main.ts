import { parentPort } from 'node:worker_threads';
import type { LargeReview, LargeReviewRead } from './large-review-messages.ts';
import { readLargeReview } from './read-large-review.ts';

// A thread that reads large reviews, one after the other, as they come.
parentPort?.on('message', ({ serial, bytes }: LargeReview) => {
  const answer: LargeReviewRead = { serial, reading: readLargeReview(bytes) };
  parentPort?.postMessage(answer);
});
