import { messageOf } from '../../core/model/error.ts';

/** `ENOENT`, `EACCES` …; empty for an error that is none of the system's. */
export const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const said: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EEXIST: 'it exists already',
  ELOOP: 'it is a symbolic link',
  ENAMETOOLONG: 'the name is too long',
  EBADF: 'it is closed',
  EIO: 'the device reports an error',
};

/** What a failed file operation says, as one clause. */
export const whyFileFailed = (error: unknown): string => said[systemCode(error)] ?? messageOf(error);
