import pLimit from 'p-limit';
import { claimKeyText, keyOfClaim } from '../../core/protection/claims-of-volume.ts';
import type { Binding } from '../../core/restore/decide-binding.ts';
import type { Step, VolumePlan } from '../../core/restore/plan.ts';
import type { WantedVolume } from '../../core/restore/wanted.ts';
import { shellWord } from '../../core/rules/guard/commands.ts';
import { awaitBound } from './await-bound.ts';
import { lastEventsOf } from './last-events.ts';
import type { RestoreRun } from './restore-run.ts';
import { takeStep } from './take-step.ts';
import type { Teller } from './tell.ts';
import { writeVolume } from './write-volume.ts';

const past = { create: 'created', update: 'updated', keep: 'is there already' } as const;

/** Takes one step and tells of it; answers whether it went well. Somebody else's object of the same name is as good. */
const takeAndTell = async (step: Step, { site, io }: RestoreRun, teller: Teller): Promise<boolean> => {
  try {
    const object = await takeStep(step, site, { dryRun: false, signal: io.signal });
    teller.ended(
      { ...object, kind: step.resource.kind },
      step.action === 'keep' ? 'Unchanged' : 'Done',
      past[step.action],
    );
    return true;
  } catch (error) {
    io.signal.throwIfAborted();
    if (error instanceof Error && 'code' in error && error.code === 'AlreadyExists') {
      teller.ended(step.object, 'Unchanged', past.keep);
      return true;
    }
    teller.failed(step.object, error);
    return false;
  }
};

/** One after the other, as later ones need earlier ones. Ends at the first namespace or class that cannot be had. */
const takeSteps = async (steps: readonly Step[], run: RestoreRun, teller: Teller): Promise<boolean> => {
  for (const step of steps) {
    const isWell = await takeAndTell(step, run, teller);
    if (!isWell && !step.resource.namespaced) return false;
  }
  return true;
};

/** Writes all volumes side by side, and answers those whose PV and claim are there. */
const writeVolumes = async (run: RestoreRun, teller: Teller): Promise<readonly WantedVolume[]> => {
  const limit = pLimit(run.request.parallel);
  const writeOne = async (volume: VolumePlan): Promise<readonly WantedVolume[]> => {
    run.io.signal.throwIfAborted();
    try {
      await writeVolume(volume, { ...run, dryRun: false });
      return [volume.wanted];
    } catch (error) {
      run.io.signal.throwIfAborted();
      teller.failed(volume.wanted.claim, error);
      return [];
    }
  };
  return (await Promise.all(run.plan.volumes.map((volume) => limit(() => writeOne(volume))))).flat();
};

const tellSettled = (
  volume: WantedVolume,
  binding: Binding,
  run: RestoreRun,
  teller: Teller,
  kept: ReadonlySet<WantedVolume>,
) => {
  const { namespace = '', name = '' } = volume.claim.metadata;
  const volumeName = volume.volume.metadata.name;
  if (binding.state === 'bound')
    teller.ended(volume.claim, kept.has(volume) ? 'Unchanged' : 'Done', `bound to ${volumeName}`);
  else
    teller.ended(
      volume.claim,
      'Failed',
      `is not bound to PV ${volumeName}: ${binding.why}`,
      `${run.site.kubectl} -n ${shellWord(namespace)} describe pvc ${shellWord(name)}`,
    );
};

const namesOf = (volumes: readonly WantedVolume[]): string => {
  const shown = volumes.slice(0, 3).map(({ claim }) => claimKeyText(keyOfClaim(claim)));
  return `${shown.join(', ')}${volumes.length > shown.length ? ` and ${volumes.length - shown.length} more` : ''}`;
};

/** Waits for all claims, tells of each, and answers whether all are bound. */
const bindVolumes = async (
  volumes: readonly WantedVolume[],
  run: RestoreRun,
  teller: Teller,
): Promise<boolean> => {
  const { site, request, io, reporter } = run;
  const kept = new Set(
    run.plan.volumes
      .filter(({ volume, claim }) => volume.action === 'keep' && claim.action === 'keep')
      .map(({ wanted }) => wanted),
  );
  let areAllBound = true;
  const waiting = await awaitBound({
    site,
    volumes,
    timeoutMs: request.timeoutMs,
    io,
    onSettled: (volume, binding) => {
      areAllBound &&= binding.state === 'bound';
      tellSettled(volume, binding, run, teller, kept);
    },
    onWaiting: (open) =>
      reporter.report({
        type: 'Waiting',
        site: site.name,
        message: `waits until claims are bound: ${namesOf(open)}`,
      }),
  });
  if (waiting.size === 0) return areAllBound;
  const events = await lastEventsOf(
    [...waiting.keys()].map(({ claim }) => claim),
    site,
    io.signal,
  );
  for (const [{ claim }, { why }] of waiting) {
    const event = events.get(claimKeyText(keyOfClaim(claim)));
    const said = event === undefined ? '' : ` (${event})`;
    teller.ended(claim, 'TimedOut', `not bound in time: ${why}${said}`, 'run it again: it goes on');
  }
  return false;
};

/** Does what was decided, in order, and answers the volumes that are bound. Rejects only when it is interrupted. */
export const executePlan = async (
  run: RestoreRun,
  teller: Teller,
): Promise<{ readonly isComplete: boolean }> => {
  const { plan } = run;
  if (!(await takeSteps(plan.before, run, teller))) return { isComplete: false };
  const written = await writeVolumes(run, teller);
  const areBound = await bindVolumes(written, run, teller);
  if (!areBound || written.length < plan.volumes.length) {
    if (plan.after.length > 0) teller.warn('workloads are restored once every claim is bound');
    return { isComplete: false };
  }
  return { isComplete: await takeSteps(plan.after, run, teller) };
};
