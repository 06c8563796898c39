import pLimit from 'p-limit';
import type { Step, VolumePlan } from '../../core/restore/plan.ts';
import type { WantedVolume } from '../../core/restore/wanted.ts';
import { bindVolumes } from './bind-volumes.ts';
import { codeOf } from './error-code.ts';
import type { RestoreRun } from './restore-run.ts';
import { takeStep } from './take-step.ts';
import type { Teller } from './tell.ts';
import { writeVolume } from './write-volume.ts';

const past = { create: 'created', update: 'updated', keep: 'is there already' } as const;

/** Takes one step and tells of it; answers whether it went well. What somebody else made meanwhile stays as it is. */
const takeAndTell = async (
  step: Step,
  { site, io, request }: RestoreRun,
  teller: Teller,
): Promise<boolean> => {
  const object = { ...step.object, kind: step.resource.kind };
  try {
    await takeStep(step, site, { dryRun: false, signal: io.signal });
    teller.ended(object, step.action === 'keep' ? 'Unchanged' : 'Done', past[step.action]);
    return true;
  } catch (error) {
    io.signal.throwIfAborted();
    if (codeOf(error) === 'AlreadyExists' && request.existing !== 'fail') {
      teller.ended(object, 'Unchanged', past.keep);
      return true;
    }
    teller.failed(object, error);
    return false;
  }
};

/** One after the other, until one cannot be taken: what comes later needs all of them. */
const takeInOrder = async (steps: readonly Step[], run: RestoreRun, teller: Teller): Promise<boolean> => {
  for (const step of steps) if (!(await takeAndTell(step, run, teller))) return false;
  return true;
};

/** Side by side; each for itself. */
const takeAll = async (steps: readonly Step[], run: RestoreRun, teller: Teller): Promise<boolean> => {
  const limit = pLimit(run.request.parallel);
  const taken = await Promise.all(steps.map((step) => limit(() => takeAndTell(step, run, teller))));
  return !taken.includes(false);
};

/** Writes all volumes side by side, and answers those whose PV and claim are there. */
const writeVolumes = async (run: RestoreRun, teller: Teller): Promise<readonly WantedVolume[]> => {
  const limit = pLimit(run.request.parallel);
  const writeOne = async (volume: VolumePlan): Promise<readonly WantedVolume[]> => {
    run.io.signal.throwIfAborted();
    try {
      await writeVolume(volume, run);
      return [volume.wanted];
    } catch (error) {
      run.io.signal.throwIfAborted();
      teller.failed(volume.wanted.claim, error);
      return [];
    }
  };
  return (await Promise.all(run.plan.volumes.map((volume) => limit(() => writeOne(volume))))).flat();
};

/** Does what was decided, in order, and answers whether all of it was done. Rejects only when it is interrupted. */
export const executePlan = async (run: RestoreRun, teller: Teller): Promise<boolean> => {
  const { shared, configuration, volumes, workloads } = run.plan;
  if (!(await takeInOrder(shared, run, teller))) return false;
  const isConfigured = await takeAll(configuration, run, teller);
  const written = await writeVolumes(run, teller);
  const areBound = await bindVolumes(written, run, teller);
  if (areBound && written.length === volumes.length)
    return (await takeAll(workloads, run, teller)) && isConfigured;
  if (workloads.length > 0) teller.warn('workloads are restored once every claim is bound');
  return false;
};
