/** Bytes that no file system takes in a name, and separators of one system only. */
const strange = /[\\\p{Cc}]/u;

const isStep = (segment: string): boolean => segment === '' || segment.startsWith('.');

/**
 * Why a path of an index cannot be that of a backup's file, as one clause; undefined where it can. One that passes leads to a place
 * below the directory, whatever the directory is, and to no hidden one.
 */
export const pathFault = (path: string): string | undefined => {
  if (path === '' || path.length > 1024) return 'it is empty or too long';
  if (strange.test(path)) return 'it has a backslash or a control character';
  return path.split('/').some(isStep) ? 'it leads outside of the backup, or to a hidden file' : undefined;
};
