import pLimit from 'p-limit';
import { messageOf } from '../../core/model/error.ts';
import { type RestorePlan, type Step, stepsOf } from '../../core/restore/plan.ts';
import { plannedText } from './print-plan.ts';
import type { RestoreRun } from './restore-run.ts';
import { takeStep } from './take-step.ts';
import type { Teller } from './tell.ts';

/** Tells every step, and changes nothing. */
export const tellPlan = (plan: RestorePlan, teller: Teller): void => {
  for (const step of stepsOf(plan))
    teller.ended(
      { ...step.object, kind: step.resource.kind },
      step.action === 'keep' ? 'Unchanged' : 'Planned',
      plannedText(step),
    );
};

/** A server refuses what is in a namespace that is yet to be made. */
const waitsForNamespace = ({ object }: Step, newNamespaces: ReadonlySet<string | undefined>): boolean =>
  object.metadata.namespace !== undefined && newNamespaces.has(object.metadata.namespace);

/** Why the server would refuse a step; undefined where it would not. */
const tryStep = async (step: Step, { site, io }: RestoreRun): Promise<string | undefined> => {
  try {
    await takeStep(step, site, { dryRun: true, signal: io.signal });
    return undefined;
  } catch (error) {
    io.signal.throwIfAborted();
    return messageOf(error);
  }
};

const namespacesOfPlan = (steps: readonly Step[]): ReadonlySet<string | undefined> =>
  new Set(
    steps
      .filter(({ action, resource }) => action === 'create' && resource.kind === 'Namespace')
      .map(({ object }) => object.metadata.name),
  );

/** Has the server try every step, with admission and all, and tells of them in their order; nothing is stored. */
export const tryPlan = async (run: RestoreRun, teller: Teller): Promise<void> => {
  const steps = stepsOf(run.plan);
  const newNamespaces = namespacesOfPlan(steps);
  const limit = pLimit(run.request.parallel);
  const tried = steps.map((step) => {
    const isTried = !waitsForNamespace(step, newNamespaces);
    const refusal = limit(() => (isTried ? tryStep(step, run) : undefined));
    return {
      step,
      refusal,
      remark: isTried ? 'server dry run' : 'not tried: its namespace is not there yet',
    };
  });
  for (const { step, refusal, remark } of tried) {
    const why = await refusal;
    const object = { ...step.object, kind: step.resource.kind };
    if (why !== undefined) teller.ended(object, 'Failed', `the server would refuse it: ${why}`);
    else if (step.action === 'keep') teller.ended(object, 'Unchanged', plannedText(step));
    else teller.ended(object, 'Planned', `${plannedText(step)} (${remark})`);
  }
};
