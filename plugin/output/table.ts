import Table from 'cli-table3';
import { type Cell, showCell } from './color.ts';
import { displayWidth } from './display-width.ts';

const noBorders = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);

const style = { 'padding-left': 0, 'padding-right': 3, head: [], border: [], compact: true };

/** cli-table3 takes time by the square of the rows it is given at once. */
const rowsAtOnce = 50;

const padTo = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - displayWidth(text)));

/** Each column as wide as its widest cell, and never narrower than before. */
const widen = (widths: readonly number[], rows: readonly (readonly string[])[]): number[] => {
  const wider = [...widths];
  for (const row of rows) {
    for (const [column, cell] of row.entries())
      wider[column] = Math.max(wider[column] ?? 0, displayWidth(cell));
  }
  return wider;
};

const draw = (rows: readonly (readonly string[])[], widths: readonly number[]): string => {
  const table = new Table({ chars: noBorders, style });
  table.push(...rows.map((row) => row.map((cell, column) => padTo(cell, widths[column] ?? 0))));
  return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
};

/** Formats rows below each other; rows that come later line up with those before. Whatever a cell quotes stays on its line. */
export type TableFormat = { format(rows: readonly (readonly Cell[])[]): string };

/** A table as kubectl prints it: columns three blanks apart, no borders, nothing wrapped, nothing cut. */
export const createTable = (): TableFormat => {
  let widths: number[] = [];
  return {
    format: (cells) => {
      const rows = cells.map((row) => row.map(showCell));
      widths = widen(widths, rows);
      const parts: string[] = [];
      for (let from = 0; from < rows.length; from += rowsAtOnce)
        parts.push(draw(rows.slice(from, from + rowsAtOnce), widths));
      return parts.join('');
    },
  };
};
