import { formatTime } from '../../core/model/condition.ts';
import { printableLine } from '../../core/printable.ts';
import { formatAge } from '../../core/status/age.ts';
import type { ConsentNeed } from '../../core/step/decision.ts';
import type { RpoAtRisk } from '../../core/step/rpo-at-risk.ts';
import { createTable } from '../output/table.ts';

/** One volume of which something may be lost. */
export type LossItem = {
  readonly key: { readonly namespace: string; readonly name: string };
  readonly need: ConsentNeed;
};

const lastSyncCell = (loss: RpoAtRisk): string => (loss.known ? formatTime(loss.lastSync) : '<unknown>');

const lossCell = (loss: RpoAtRisk): string =>
  loss.known ? `at most ${formatAge(loss.milliseconds)}` : '<unknown>';

const sourceCell = (loss: RpoAtRisk): string => (loss.known ? loss.source : loss.why);

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Only of a promote it is the time since a sync that is lost; the others lose a copy as a whole. */
const isMeasured = ({ need }: LossItem): boolean =>
  need.accepts.includes('force-promote') || need.accepts.includes('lose-since-promote');

const timedRows = (items: readonly LossItem[]): string[][] => [
  ['NAMESPACE', 'PVC', 'LAST SYNC', 'LOSS', 'SOURCE'],
  ...items.map(({ key, need: { loss } }) => [
    key.namespace,
    key.name,
    lastSyncCell(loss),
    lossCell(loss),
    sourceCell(loss),
  ]),
];

const boundsOf = (losses: readonly number[]): string[] => {
  const [best, ...more] = losses.toSorted((a, b) => a - b);
  if (best === undefined) return [];
  const worst = more.at(-1);
  return worst === undefined
    ? [`known: at most ${formatAge(best)}`]
    : [`best: at most ${formatAge(best)}`, `worst: at most ${formatAge(worst)}`];
};

/** The closest and the widest bound of many, and of how many nobody knows one. */
const summaryOf = (items: readonly LossItem[]): string => {
  const known = items.flatMap(({ need: { loss } }) => (loss.known ? [loss.milliseconds] : []));
  const unknown = items.length - known.length;
  const parts = [...boundsOf(known), ...(unknown === 0 ? [] : [`unknown: ${unknown}`])];
  return `\n${items.length} volumes; ${parts.join('; ')}\n`;
};

const plainRows = (items: readonly LossItem[]): string[][] => [
  ['NAMESPACE', 'PVC'],
  ...items.map(({ key }) => [key.namespace, key.name]),
];

/** What a person is shown before they accept a loss: what the rules found, and what is at risk of each volume. */
export const showLoss = (items: readonly LossItem[]): string => {
  const found = unique(
    items.flatMap(({ need }) => need.obstacles.map(({ code, message }) => `${code}: ${message}.`)),
  );
  const loses = unique(items.map(({ need }) => `May be lost: ${need.loses}.`));
  const areMeasured = items.some(isMeasured);
  const table = createTable().format(areMeasured ? timedRows(items) : plainRows(items));
  const summary = areMeasured && items.length > 1 ? summaryOf(items) : '';
  return `${[...found, ...loses].map(printableLine).join('\n')}\n\n${table}${summary}`;
};
