import { DrError, messageOf } from '../../core/model/error.ts';

/** What a program says of the error that ends it, as one line with what to do next, and its exit code: 2 for a wrong flag. */
export const describeFailure = (error: unknown): { text: string; exitCode: 1 | 2 } => {
  const hint = error instanceof DrError && error.hint !== undefined ? `; ${error.hint}` : '';
  const isUsage = error instanceof DrError && error.code === 'FlagInvalid';
  return { text: `error: ${messageOf(error)}${hint}\n`, exitCode: isUsage ? 2 : 1 };
};
