import { resources } from '../../core/model/resource.ts';
import type { Operation } from '../../core/operation/read-record.ts';
import type { Io } from '../io.ts';
import { createPainter } from '../output/color.ts';
import type { OutputFormat } from '../status/output-format.ts';
import type { SiteHistory } from './gather-records.ts';
import type { HistoryFlags } from './history-flags.ts';

/** What is printed, and how. */
export type PrintOptions = {
  readonly format: OutputFormat;
  readonly flags: Pick<HistoryFlags, 'no-headers' | 'color'>;
  /** One operation in full, else a row for each. */
  readonly inFull: boolean;
  readonly namespaces: boolean;
  readonly io: Io;
};

const tableText = async (
  operations: readonly Operation[],
  wide: boolean,
  { flags, inFull, namespaces, io }: PrintOptions,
  now: number,
): Promise<string> => {
  const view = { wide, headings: !flags['no-headers'], paint: createPainter(flags.color, io) };
  if (inFull) {
    const { renderOperation } = await import('./render-operation.ts');
    return operations.map((operation) => renderOperation(operation, view, now)).join('\n');
  }
  const [{ createTable }, { historyRows }] = await Promise.all([
    import('../output/table.ts'),
    import('./render-history.ts'),
  ]);
  return createTable().format(historyRows(operations, { ...view, namespaces }, now));
};

/** Prints operations in the chosen format. */
export const printHistory = async (
  operations: readonly Operation[],
  histories: readonly SiteHistory[],
  options: PrintOptions,
): Promise<void> => {
  const { format, io } = options;
  const now = io.now();
  if (format.kind === 'table') {
    if (operations.length > 0) io.stdout.styled(await tableText(operations, format.wide, options, now));
    return;
  }
  if (format.kind === 'name') {
    const kind = `operation.${resources.operations.group}`;
    io.stdout.write(operations.map(({ name }) => `${kind}/${name}\n`).join(''));
    return;
  }
  const { historyReport } = await import('./history-report.ts');
  const report = historyReport(operations, histories, now);
  if (format.kind === 'jsonpath') {
    io.stdout.write(format.template(report));
    return;
  }
  const { formatDocument } = await import('../output/document.ts');
  io.stdout.write(await formatDocument(report, format.format));
};
