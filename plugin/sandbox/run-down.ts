import { type ExitCode, exitCode } from '../exit-code.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import type { Io } from '../io.ts';

/** `kubectl dr sandbox down`. Nothing to end is no error: the outcome is what was asked for. */
export const runDown = async (flags: CommonFlags, io: Io): Promise<ExitCode> => {
  const { openSandboxDoor } = await import('../door/sandbox.ts');
  const hasEnded = await openSandboxDoor(io, flags.v).down();
  io.stdout.line(hasEnded ? 'The sandbox has ended.' : 'No sandbox runs.');
  return exitCode.ok;
};
