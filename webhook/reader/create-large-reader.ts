import { Worker } from 'node:worker_threads';
import type { ReviewReading } from '../read-review.ts';
import type { LargeReview, LargeReviewRead } from './large-review-messages.ts';

/** Reads the body of a large review, whose bytes are given away. Rejects where the thread that reads it ended. */
export type LargeReader = (bytes: Uint8Array<ArrayBuffer>) => Promise<ReviewReading>;

type Waiting = { resolve(reading: ReviewReading): void; reject(error: unknown): void };

/** A thread takes some 10 MB beside what it reads: it goes once nothing large has come for so long, and all of that is given back. */
const idleMs = 5_000;

/** The file that the thread runs: a bundle beside this one, or the source. */
const threadFile = (): URL =>
  import.meta.url.endsWith('.ts')
    ? new URL('./main.ts', import.meta.url)
    : new URL('./dr-webhook-reader.mjs', import.meta.url);

type Thread = { readonly worker: Worker; readonly waiting: Map<number, Waiting> };

const startThread = (onEnd: (ended: Thread) => void): Thread => {
  const worker = new Worker(threadFile());
  // Whoever waits for it keeps the process; it does not.
  worker.unref();
  const thread: Thread = { worker, waiting: new Map() };
  const end = (error: unknown): void => {
    onEnd(thread);
    for (const { reject } of thread.waiting.values()) reject(error);
    thread.waiting.clear();
  };
  worker.on('message', ({ serial, reading }: LargeReviewRead) => {
    thread.waiting.get(serial)?.resolve(reading);
    thread.waiting.delete(serial);
  });
  worker.on('error', end);
  worker.on('exit', () => end(new Error('the thread that reads large reviews ended')));
  return thread;
};

/**
 * Reads large reviews in a thread of its own, so that all others go on meanwhile. It is started by the first one, and ends when it was idle for
 * a while: the memory of a thread goes with it, which that of a process does not.
 */
export const createLargeReader = (options: { idleMs?: number } = {}): LargeReader => {
  let thread: Thread | undefined;
  let serial = 0;
  let idle: NodeJS.Timeout | undefined;
  const forget = (ended: Thread): void => {
    if (thread === ended) thread = undefined;
  };
  const rest = (): void => {
    if (thread === undefined || thread.waiting.size > 0) return;
    const { worker } = thread;
    thread = undefined;
    void worker.terminate();
  };
  return async (bytes) => {
    clearTimeout(idle);
    thread ??= startThread(forget);
    const { worker, waiting } = thread;
    serial += 1;
    const message: LargeReview = { serial, bytes };
    const { promise, resolve, reject } = Promise.withResolvers<ReviewReading>();
    waiting.set(serial, { resolve, reject });
    worker.postMessage(message, [bytes.buffer]);
    try {
      return await promise;
    } finally {
      clearTimeout(idle);
      idle = setTimeout(rest, options.idleMs ?? idleMs).unref();
    }
  };
};
