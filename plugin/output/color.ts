import type { Io } from '../io.ts';

const codes = { green: 32, yellow: 33, red: 31, blue: 34 } as const;

/** Puts a colour on a word, or leaves it alone. */
export type Painter = (text: string, color: keyof typeof codes) => string;

const plain: Painter = (text) => text;
const colored: Painter = (text, color) => `\u001b[${codes[color]}m${text}\u001b[39m`;

/** `--color=auto`: on a terminal that is not dumb, unless NO_COLOR is set; FORCE_COLOR stands for a terminal. */
export const createPainter = (choice: string, { env, stdout }: Pick<Io, 'env' | 'stdout'>): Painter => {
  if (choice !== 'auto') return choice === 'always' ? colored : plain;
  if (env['NO_COLOR'] || env['TERM'] === 'dumb') return plain;
  return stdout.isTerminal || env['FORCE_COLOR'] ? colored : plain;
};
