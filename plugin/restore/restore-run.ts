import type { RestorePlan } from '../../core/restore/plan.ts';
import type { Target } from '../../core/restore/target.ts';
import type { Wanted } from '../../core/restore/wanted.ts';
import type { Site } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import type { Reporter } from '../progress/run-event.ts';
import type { RestoreRequest } from './parse-restore-flags.ts';

/** A restore that was decided upon: what is to be done, and everything that doing it needs. */
export type RestoreRun = {
  readonly site: Site;
  readonly plan: RestorePlan;
  /** As the plan was made for it. */
  readonly target: Target;
  readonly wanted: Wanted;
  readonly request: RestoreRequest;
  readonly reporter: Reporter;
  readonly io: Pick<Io, 'now' | 'random' | 'signal' | 'stderr'>;
};
