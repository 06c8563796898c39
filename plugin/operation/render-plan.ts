import type { PlanDocument, PlanStep } from '../../core/plan/plan-document.ts';
import { formatAge } from '../../core/status/age.ts';
import { createTable } from '../output/table.ts';

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const objectsCell = ({ objects }: PlanStep): string => {
  const isClaim = objects[0]?.kind === 'PersistentVolumeClaim';
  return objects.length === 0 ? '-' : plural(objects.length, isClaim ? 'volume' : 'workload');
};

const estimateCell = ({ estimateSeconds }: PlanStep): string =>
  estimateSeconds === null ? '<unknown>' : formatAge(estimateSeconds * 1000);

const stateCell = ({ groupsDone, groups }: PlanStep): string => {
  if (groupsDone === groups) return 'done';
  return groupsDone === 0 ? '' : `${groupsDone}/${groups}`;
};

const noReturn = '-- up to here it can be taken back; from here on it can only be moved back --';

const groupNames = ({ volumes }: PlanDocument): string => {
  const names = [...new Set(volumes.map(({ group }) => group))];
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
};

/** The plan as a person reads it: what, from where to where, and the numbered steps. */
export const renderPlan = (plan: PlanDocument, { wide }: { wide: boolean }): string => {
  const isBegun = plan.steps.some(({ groupsDone }) => groupsDone > 0);
  const heading = [
    'STEP',
    'SITE',
    'WHAT',
    'OBJECTS',
    ...(wide ? ['READS', 'WRITES'] : []),
    'WAITS FOR',
    ...(wide ? ['UNDO'] : []),
    'ESTIMATE',
    ...(isBegun ? ['STATE'] : []),
  ];
  const rows = plan.steps.map((step) => [
    String(step.number),
    step.site,
    step.title,
    objectsCell(step),
    ...(wide ? [step.reads, step.writes ?? '-'] : []),
    step.waitsFor ?? '-',
    ...(wide ? [step.undo ?? '-'] : []),
    estimateCell(step),
    ...(isBegun ? [stateCell(step)] : []),
  ]);
  const lines = createTable()
    .format([heading, ...rows])
    .split('\n');
  const at = plan.steps.findIndex(({ canUndoAfter }) => !canUndoAfter);
  if (at >= 0) lines.splice(at + 1, 0, noReturn);
  const what = `${plural(plan.volumes.length, 'volume')} of ${groupNames(plan)}`;
  return `${plan.verb} from ${plan.from} to ${plan.to}: ${what}\n\n${lines.join('\n')}`;
};
