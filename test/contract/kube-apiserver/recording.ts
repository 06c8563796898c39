import { readFileSync } from 'node:fs';

export type RecordedRequest = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: unknown;
};

export type RecordedResponse = { status: number; headers: Record<string, string>; body: unknown };

export type RecordedReview = {
  path: string;
  http: string;
  headers: Record<string, string>;
  review: unknown;
};

/** One line of the recording. Each is one test. */
export type Entry = { title: string } & (
  | { request: RecordedRequest; response: RecordedResponse }
  /** A state that is reached after a while. */
  | { settled: { path: string; value: unknown } }
  | { watch: { path: string; events: { type?: string; [field: string]: unknown }[] } }
  /** What a webhook was sent. */
  | { reviews: RecordedReview[] }
);

/**
 * Reads a recording of kube-apiserver 1.36, in the order in which it was made. `kube-apiserver-1.36` was made with controllers at
 * work; `-kinds` asks about each kind that the sandbox serves, `-crds` about those of our CRDs, and `record.ts` can make both anew.
 */
export const readRecording = (name: string): Entry[] =>
  readFileSync(recordingFile(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);

/** Where a recording is kept: one JSON object a line. */
export const recordingFile = (name: string): URL => new URL(`../recordings/${name}.jsonl`, import.meta.url);
