import type { MoveVerb } from './move.ts';
import type { StepKind } from './step-look.ts';
import { awaitReady } from './steps/await-ready.ts';
import { awaitReverse } from './steps/await-reverse.ts';
import { catchUp } from './steps/catch-up.ts';
import { demoteVolumes } from './steps/demote-volumes.ts';
import { handOver } from './steps/hand-over.ts';
import { promoteVolumes } from './steps/promote-volumes.ts';
import { releaseVolumes } from './steps/release-volumes.ts';
import { restoreObjects } from './steps/restore-objects.ts';
import { resyncVolumes } from './steps/resync-volumes.ts';
import { startWorkloads } from './steps/start-workloads.ts';
import { stopWorkloads } from './steps/stop-workloads.ts';
import { withdrawWishes } from './steps/withdraw-wishes.ts';

/** Both sites are up, and the target follows: at no moment two primaries, and nothing is lost. */
const plannedMove: readonly StepKind[] = [
  stopWorkloads('source'),
  releaseVolumes('source'),
  demoteVolumes('source'),
  handOver,
  promoteVolumes,
  startWorkloads,
  awaitReady,
];

/** What each procedure consists of, in order, for each group of volumes by itself. */
export const procedures: Readonly<Record<MoveVerb, readonly StepKind[]>> = {
  relocate: [restoreObjects, catchUp, ...plannedMove, awaitReverse],
  // The source may be gone, so that nothing of it is waited for.
  failover: [restoreObjects, handOver, promoteVolumes, startWorkloads, awaitReady],
  // A site that comes back may believe that it is primary. Its copy is made anew while the application still runs on the other one.
  failback: [
    stopWorkloads('target'),
    releaseVolumes('target'),
    demoteVolumes('target'),
    restoreObjects,
    resyncVolumes,
    catchUp,
    ...plannedMove,
    awaitReverse,
  ],
  // Back to where it was, while the other side was never promoted: here that one is the source, and holds nothing of its own.
  undo: [withdrawWishes, promoteVolumes, startWorkloads, awaitReady],
};
