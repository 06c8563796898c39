import type { StepKind } from '../../../core/plan/step-look.ts';
import type { Io } from '../../io.ts';
import { jsonProgress } from './json-progress.ts';
import { liveProgress } from './live-progress.ts';
import { plainProgress } from './plain-progress.ts';
import type { Progress } from './progress.ts';
import type { SharedOutput } from './share-output.ts';

/** How an operation is told: as JSON where that was asked for, live where a person looks on, line by line elsewhere. */
export const chooseProgress = (
  verb: string,
  output: 'text' | 'json' | 'name',
  { kinds, groups }: { kinds: readonly StepKind[]; groups: number },
  io: Io & { readonly stderr: SharedOutput },
): Progress => {
  if (output === 'json') return jsonProgress(verb, io);
  return io.stderr.isTerminal && io.env['TERM'] !== 'dumb' && output === 'text'
    ? liveProgress(kinds, groups, io)
    : plainProgress(io);
};
