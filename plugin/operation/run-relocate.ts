import type { ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { OperationFlags } from './operation-flags.ts';
import { runOperation } from './run-operation.ts';

/** `kubectl dr relocate`. */
export const runRelocate = (flags: OperationFlags, io: Io): Promise<ExitCode> =>
  runOperation('relocate', flags, io);
