import { readFileSync } from 'node:fs';
import type { RecordedStatus } from './ceph-csi-recording.ts';

/** What one call answered, with what its response told that tells anything. */
export type HandoverAnswer = {
  readonly code: string;
  readonly message: string;
  readonly ready?: boolean;
  readonly lastSyncS?: number;
  readonly lastSyncBytes?: number;
};

type RawAnswer = {
  readonly code: string;
  readonly message: string;
  readonly response?: {
    readonly ready?: boolean;
    readonly last_sync_time?: { readonly seconds: number };
    readonly last_sync_bytes?: number;
  } | null;
};

type Statuses = readonly [RecordedStatus, RecordedStatus];

/** Every line tells when it was written, in seconds from the start: after its call, and after the status of both sites was read. */
export type HandoverEntry =
  | { readonly is: 'note'; readonly atS: number; readonly note: string }
  | { readonly is: 'write'; readonly atS: number; readonly site: 0 | 1; readonly bytes: number }
  | { readonly is: 'bytes'; readonly atS: number; readonly isLost: boolean }
  | {
      readonly is: 'call';
      readonly atS: number;
      readonly title: string;
      readonly site: 0 | 1;
      readonly rpc: 'enable' | 'promote' | 'demote' | 'resync' | 'info';
      /** One call, or the same one repeated of which only changes were kept. */
      readonly answers: readonly (HandoverAnswer & { readonly atS: number })[];
      /** How long it was repeated; undefined for one call. */
      readonly polledS: number | undefined;
      readonly tookS: number;
      readonly after: Statuses | undefined;
    }
  | {
      readonly is: 'look';
      readonly atS: number;
      readonly title: string;
      readonly info: HandoverAnswer;
      readonly resync: HandoverAnswer;
      readonly after: Statuses;
    };

// biome-ignore lint/suspicious/noExplicitAny: lines of five shapes, each read by what it has
type Line = any;

const pascalCase = (code: string): string =>
  code === 'OK'
    ? code
    : code.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const readAnswer = ({ code, message, response }: RawAnswer): HandoverAnswer => ({
  code: pascalCase(code),
  message,
  ...(response?.ready === undefined ? {} : { ready: response.ready }),
  ...(response?.last_sync_time === undefined ? {} : { lastSyncS: response.last_sync_time.seconds }),
  ...(response?.last_sync_bytes === undefined ? {} : { lastSyncBytes: response.last_sync_bytes }),
});

const readLine = (line: Line): HandoverEntry => {
  const { atS, title } = line;
  if (line.note !== undefined) return { is: 'note', atS, note: line.note };
  if (line.lost !== undefined) return { is: 'bytes', atS, isLost: line.lost };
  if (line.wrote !== undefined) {
    const [, mebibytes, site] = /^(\d+) MiB on site (\d)$/.exec(line.wrote) ?? [];
    return { is: 'write', atS, site: site === '1' ? 0 : 1, bytes: Number(mebibytes) * 1_048_576 };
  }
  if (line.sincePromoteS !== undefined) {
    return {
      is: 'look',
      atS,
      title: `${line.sincePromoteS} s after the promote`,
      info: readAnswer(line.infoOnPrimary),
      resync: readAnswer(line.resyncOnOld),
      after: [line.site1, line.site2],
    };
  }
  const answers: readonly Line[] = line.polled ?? [line.answer];
  return {
    is: 'call',
    atS,
    title: `${title}, at ${atS} s`,
    site: line.site === 1 ? 0 : 1,
    rpc: line.rpc,
    answers: answers.map((answer) => ({ ...readAnswer(answer), atS: answer.atS ?? 0 })),
    polledS: line.tookS,
    tookS: line.tookS ?? line.answer.ms / 1_000,
    after: line.after === undefined ? undefined : [line.after.site1, line.after.site2],
  };
};

/** The recording in its order, without its opening line. */
export const readHandover = (): readonly HandoverEntry[] =>
  readFileSync(new URL('recordings/ceph-csi-handover.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => !('what' in line))
    .map(readLine);
