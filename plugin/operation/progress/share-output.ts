import type { Output } from '../../io.ts';

/** Something that is drawn in its place again and again, below everything that is written. */
export type Drawing = { readonly erase: () => void; readonly draw: () => void };

/** An output that something is drawn on: whatever else is written, by whomever, stands above it. */
export type SharedOutput = Output & {
  /** What the drawing itself is written to. */
  readonly direct: Output;
  readonly share: (drawing: Drawing) => void;
};

/** Servers give warnings at any moment, and whoever prints them knows nothing of what is drawn. */
export const shareOutput = (output: Output): SharedOutput => {
  let drawing: Drawing | undefined;
  const above = <T>(write: (what: T) => void): ((what: T) => void) => {
    return (what) => {
      drawing?.erase();
      write(what);
      drawing?.draw();
    };
  };
  return {
    get isTerminal() {
      return output.isTerminal;
    },
    get columns() {
      return output.columns;
    },
    write: above(output.write),
    line: above(output.line),
    styled: above(output.styled),
    bytes: above(output.bytes),
    flush: output.flush,
    direct: output,
    share: (it) => {
      drawing = it;
    },
  };
};
