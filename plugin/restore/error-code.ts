import { DrError } from '../../core/model/error.ts';

/** The stable name of what was thrown, as `NotFound`; empty where it has none. */
export const codeOf = (error: unknown): string => (error instanceof DrError ? error.code : '');
