import Table from 'cli-table3';
import { displayWidth } from './display-width.ts';

const noBorders = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

const style = { 'padding-left': 0, 'padding-right': 3, head: [], border: [], compact: true };

const padTo = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - displayWidth(text)));

/** Formats rows below each other; rows that come later line up with those before. */
export type TableFormat = { format(rows: readonly (readonly string[])[]): string };

/** A table as kubectl prints it: columns three blanks apart, no borders, nothing wrapped, nothing cut. */
export const createTable = (): TableFormat => {
  let widths: number[] = [];
  return {
    format: (rows) => {
      if (rows.length === 0) return '';
      const cells = rows.map((row) => row.map((cell, column) => padTo(cell, widths[column] ?? 0)));
      const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
      widths = Array.from({ length: columns }, (_, column) =>
        cells.reduce((widest, row) => Math.max(widest, displayWidth(row[column] ?? '')), 0),
      );
      const table = new Table({ chars: noBorders, style });
      table.push(...cells);
      return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
    },
  };
};
