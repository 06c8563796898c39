import type { BackupIndex } from './backup-index.ts';
import { checkIndex, indexVersion } from './check-index.ts';

/** Begins the first line of a backup that is a stream of YAML. */
const mark = '# kubectl-dr.dev/backup: ';

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
  mark +
  JSON.stringify({ source, createdAt, createdBy, volumes, missing })
    // YAML ends lines at these too.
    .replaceAll('\u0085', '\\u0085')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');

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
