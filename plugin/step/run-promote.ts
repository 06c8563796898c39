import type { ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { runStep } from './run-step.ts';
import type { StepFlags } from './step-flags.ts';
import { verbs } from './verb.ts';

/** `kubectl dr promote`. */
export const runPromote = (flags: StepFlags, io: Io): Promise<ExitCode> => runStep(verbs.promote, flags, io);
