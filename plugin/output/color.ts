import { printableLine } from '../../core/printable.ts';
import type { Io } from '../io.ts';

const codes = { green: 32, yellow: 33, red: 31, blue: 34 } as const;

type Color = keyof typeof codes;

/** What stands in a table, or beside a heading: any text, with a colour or without. */
export type Cell = string | { readonly text: string; readonly color: Color };

/** Gives a word a colour, or leaves it alone. */
export type Painter = (text: string, color: Color) => Cell;

const plain: Painter = (text) => text;
const colored: Painter = (text, color) => ({ text, color });

/** A cell as it is written to a terminal, on one line: what others wrote cannot steer it, and the colour is ours. */
export const showCell = (cell: Cell): string =>
  typeof cell === 'string'
    ? printableLine(cell)
    : `\u001b[${codes[cell.color]}m${printableLine(cell.text)}\u001b[39m`;

/** `--color=auto`: on a terminal that is not dumb, unless NO_COLOR is set; FORCE_COLOR stands for a terminal. */
export const createPainter = (choice: string, { env, stdout }: Pick<Io, 'env' | 'stdout'>): Painter => {
  if (choice !== 'auto') return choice === 'always' ? colored : plain;
  if (env['NO_COLOR'] || env['TERM'] === 'dumb') return plain;
  return stdout.isTerminal || env['FORCE_COLOR'] ? colored : plain;
};
