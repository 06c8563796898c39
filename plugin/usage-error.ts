import { DrError } from '../core/model/error.ts';

/** The command line cannot be understood: exit code 2. */
export const usageError = (message: string, hint?: string): DrError =>
  new DrError({ code: 'Usage', message, ...(hint === undefined ? {} : { hint }) });

/** Whether the command line was at fault. */
export const isUsageError = (thrown: unknown): boolean =>
  thrown instanceof DrError && thrown.code === 'Usage';
