import type { VolumeStatus } from '../../core/status/assess.ts';
import type { SiteSnapshot } from '../../core/status/snapshot.ts';
import type { Io } from '../io.ts';
import { createPainter } from '../output/color.ts';
import { createTable } from '../output/table.ts';
import type { OutputFormat } from './output-format.ts';
import { headingsOf, rowOf, type View } from './render-rows.ts';
import { statusReport } from './report.ts';
import type { StatusFlags } from './status-flags.ts';

/** Volumes as they were judged, and the sites they were read from. */
export type Printable = {
  readonly volumes: readonly VolumeStatus[];
  readonly snapshots: readonly SiteSnapshot[];
};

/** Prints volumes in the chosen format; headings once. */
export type Printer = { print(printable: Printable, now: number): Promise<void> };

type PrinterOptions = {
  readonly format: OutputFormat;
  readonly flags: Pick<StatusFlags, 'no-headers' | 'color'>;
  readonly namespaces: boolean;
  readonly io: Io;
};

const tablePrinter = ({ flags, namespaces, io }: PrinterOptions, wide: boolean): Printer => {
  const table = createTable();
  let needsHeadings = !flags['no-headers'];
  return {
    print: async ({ volumes, snapshots }) => {
      const view: View = {
        sites: snapshots.map(({ site }) => site.name),
        namespaces,
        wide,
        paint: createPainter(flags.color, io),
      };
      const headings = needsHeadings ? [headingsOf(view)] : [];
      needsHeadings = false;
      io.stdout.styled(table.format([...headings, ...volumes.map((volume) => rowOf(volume, view))]));
    },
  };
};

/** The printer for `-o`. */
export const createPrinter = (options: PrinterOptions): Printer => {
  const { format, io } = options;
  switch (format.kind) {
    case 'table':
      return tablePrinter(options, format.wide);
    case 'name':
      return {
        print: async ({ volumes }) =>
          io.stdout.write(volumes.map(({ claimName }) => `persistentvolumeclaim/${claimName}\n`).join('')),
      };
    case 'document':
      return {
        print: async ({ volumes, snapshots }, now) => {
          const { formatDocument } = await import('../output/document.ts');
          io.stdout.write(await formatDocument(statusReport(volumes, snapshots, now), format.format));
        },
      };
    case 'jsonpath':
      return {
        print: async ({ volumes, snapshots }, now) =>
          io.stdout.write(format.template(statusReport(volumes, snapshots, now))),
      };
  }
};
