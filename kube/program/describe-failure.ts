import { DrError, messageOf } from '../../core/model/error.ts';
import { printableLine } from '../../core/printable.ts';
import { isReaderGone } from './print.ts';

/** What a shell says of a program that SIGPIPE has ended. */
const readerGone = 141;

/** What a program says of the error that ends it, as one line with what to do next, and its exit code: 2 for a wrong flag. */
export const describeFailure = (error: unknown): { text: string; exitCode: 1 | 2 | 141 } => {
  if (isReaderGone(error)) return { text: '', exitCode: readerGone };
  const hint = error instanceof DrError && error.hint !== undefined ? `; ${error.hint}` : '';
  const isUsage = error instanceof DrError && error.code === 'FlagInvalid';
  return { text: `${printableLine(`error: ${messageOf(error)}${hint}`)}\n`, exitCode: isUsage ? 2 : 1 };
};
