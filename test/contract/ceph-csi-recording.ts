import { readFileSync } from 'node:fs';

/** What one call answered. */
export type RecordedAnswer = {
  readonly code: string;
  readonly message: string;
  readonly response: unknown;
};

/** What `rbd mirror image status` printed on one site: facts, or the text of its error. */
export type RecordedStatus =
  | string
  | {
      readonly state: string;
      readonly description: string;
      readonly primary: boolean;
      readonly peers: readonly {
        readonly site: string;
        readonly state: string;
        readonly description: string;
      }[];
    };

/** One recorded call, or one repeated every three seconds of which only changes were kept. */
export type RecordedStep = {
  readonly title: string;
  readonly site: 1 | 2;
  readonly rpc: 'enable' | 'disable' | 'promote' | 'demote' | 'resync' | 'info';
  readonly force: boolean;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly answer?: RecordedAnswer & { readonly ms: number };
  readonly polled?: readonly (RecordedAnswer & { readonly atS: number })[];
  readonly tookS?: number;
  readonly after?: { readonly site1: RecordedStatus; readonly site2: RecordedStatus };
};

/** A remark of the recording; two of them tell that a site was frozen or thawed. */
export type RecordedNote = { readonly note: string };

/** The recording in its order, without its opening line. */
export const readRecording = (): readonly (RecordedStep | RecordedNote)[] =>
  readFileSync(new URL('recordings/ceph-csi.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedStep | RecordedNote | { what: string })
    .filter((entry) => !('what' in entry)) as readonly (RecordedStep | RecordedNote)[];

/** Hides what differs from run to run: ids, addresses, time stamps, and the daemon's measurements. */
export const mask = (text: string): string =>
  text
    .replace(/0001-0004-rook-0000000000000001-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<volume>')
    .replace(/0001-0004-(\w+)-0000000000000001-<uuid>/g, (_, cluster) =>
      cluster === 'rook' ? '<volume>' : `0001-0004-${cluster}-0000000000000001-<uuid>`,
    )
    .replace(
      /0001-0004-moon-0000000000000001-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
      '0001-0004-moon-0000000000000001-<uuid>',
    )
    .replace(/csi-vol-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<image>')
    .replace(/"(\w+)":(?:[\d.]+|<time>)/g, '"$1":<number>');

/** The same in a status. */
export const maskStatus = (status: RecordedStatus): RecordedStatus =>
  typeof status === 'string'
    ? mask(status)
    : {
        ...status,
        description: mask(status.description),
        peers: status.peers.map((peer) => ({ ...peer, description: mask(peer.description) })),
      };
