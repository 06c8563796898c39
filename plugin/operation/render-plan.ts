import type { PlanDocument, PlanStep } from '../../core/plan/plan-document.ts';
import { printableLine } from '../../core/printable.ts';
import { formatAge } from '../../core/status/age.ts';
import { createTable } from '../output/table.ts';

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const objectsCell = ({ objects }: PlanStep): string => {
  const volumes = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim').length;
  const workloads = objects.length - volumes;
  const parts = [
    ...(volumes > 0 ? [plural(volumes, 'volume')] : []),
    ...(workloads > 0 ? [plural(workloads, 'workload')] : []),
  ];
  return parts.length === 0 ? '-' : parts.join(', ');
};

const waitsForCell = ({ waitsFor, needlessAs }: PlanStep): string =>
  needlessAs === null ? (waitsFor ?? '-') : `nothing: ${needlessAs}`;

const estimateCell = ({ estimateSeconds, needlessAs, groupsDone, groups }: PlanStep): string => {
  if (needlessAs !== null || groupsDone === groups) return '-';
  return estimateSeconds === null ? '<unknown>' : formatAge(estimateSeconds * 1000);
};

const stateCell = ({ groupsDone, groups, needlessAs }: PlanStep): string => {
  if (needlessAs !== null) return '-';
  if (groupsDone === groups) return 'done';
  return groupsDone === 0 ? '' : `${groupsDone}/${groups}`;
};

const noReturn = '-- up to here it can be taken back; from here on it can only be moved back --';

/** What a return throws away does not come back with what is taken back. */
const copyGone = (site: string): string =>
  `-- from here on the older copy on ${site} is gone; the rest can still be taken back --`;

/** Lines that stand between the steps, by the index of the step that they stand before. */
const linesBetween = ({ verb, steps, losses }: PlanDocument): [number, string][] => {
  if (verb === 'undo') return [];
  const resync = losses.some(({ loss }) => loss === 'resync')
    ? steps.findIndex(({ name }) => name === 'Resync')
    : -1;
  const lines: [number, string][] = [
    [resync, copyGone(steps[resync]?.site ?? '')],
    [steps.findIndex(({ canUndoAfter }) => !canUndoAfter), noReturn],
  ];
  return lines.filter(([index]) => index >= 0);
};

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
    waitsForCell(step),
    ...(wide ? [step.undo ?? '-'] : []),
    estimateCell(step),
    ...(isBegun ? [stateCell(step)] : []),
  ]);
  const lines = createTable()
    .format([heading, ...rows])
    .trimEnd()
    .split('\n');
  for (const [index, line] of linesBetween(plan).toReversed())
    lines.splice(index + 1, 0, printableLine(line));
  const what = `${plural(plan.volumes.length, 'volume')} of ${groupNames(plan)}`;
  return `${printableLine(`${plan.verb} from ${plan.from} to ${plan.to}: ${what}`)}\n\n${lines.join('\n')}`;
};
