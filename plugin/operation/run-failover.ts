import type { ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { OperationFlags } from './operation-flags.ts';
import { runOperation } from './run-operation.ts';

/** `kubectl dr failover`. */
export const runFailover = (flags: OperationFlags, io: Io): Promise<ExitCode> =>
  runOperation('failover', flags, io);
