import { printableJson } from '../printable.ts';
import type { BackupIndex } from './backup-index.ts';
import { checkIndex, indexVersion } from './check-index.ts';

/** Begins the first line of a backup that is a stream of YAML. */
const mark = '# kubectl-dr.dev/backup: ';

/** Ends such a stream: one without it was cut off, though what is left of it may be whole objects. */
export const streamEnd = '# kubectl-dr.dev/backup: end';

/** Characters from its end on in which the last line of a stream stands, whatever blank lines follow it. */
const largestEnd = 1_000;

/** Whether the stream has its end. */
export const isWholeStream = (text: string): boolean =>
  text.slice(-largestEnd).trimEnd().split('\n').at(-1)?.trimEnd() === streamEnd;

/** What a stream tells of itself: an index without files, whose bytes nobody can vouch for. */
export type StreamHeader = Pick<BackupIndex, 'createdAt' | 'createdBy' | 'source' | 'volumes' | 'missing'>;

/** The first line of a stream, without its end: a comment to everybody else. JSON escapes every character that would end it. */
export const formatStreamHeader = ({
  source,
  createdAt,
  createdBy,
  volumes,
  missing,
}: StreamHeader): string =>
  // YAML ends lines also where JSON does not.
  mark + printableJson(JSON.stringify({ source, createdAt, createdBy, volumes, missing }));

const parseObject = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

/** What the first line of a stream says; undefined where the text is no stream of ours, or its header was changed. */
export const parseStreamHeader = (text: string): StreamHeader | undefined => {
  const first = text.slice(0, text.search(/\r?\n|$/));
  if (!first.startsWith(mark)) return undefined;
  const value = parseObject(first.slice(mark.length));
  if (value === undefined) return undefined;
  const index = checkIndex({ ...value, apiVersion: indexVersion, kind: 'Backup', files: [] });
  return index.known ? index.value : undefined;
};
