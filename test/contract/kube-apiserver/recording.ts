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

/** The recording of kube-apiserver 1.36 and its controllers, in the order in which it was made. */
export const readRecording = (): Entry[] =>
  readFileSync(new URL('../recordings/kube-apiserver-1.36.jsonl', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
