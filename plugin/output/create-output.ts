import { printableLine, printableText } from '../../core/printable.ts';
import type { Output } from '../io.ts';

/** Where an output leads to: it takes what comes as it is. */
export type Sink = {
  readonly write: (data: string | Uint8Array) => void;
  readonly flush: () => Promise<void>;
  readonly isTerminal: boolean;
  readonly columns?: number | undefined;
};

/** The only way to a sink: what others wrote gets no control character, and nothing that turns the direction of text, past it. */
export const createOutput = (sink: Sink): Output => ({
  write: (text) => sink.write(printableText(text)),
  line: (text) => sink.write(`${printableLine(text)}\n`),
  styled: (text) => sink.write(text),
  bytes: (data) => sink.write(data),
  flush: () => sink.flush(),
  get isTerminal() {
    return sink.isTerminal;
  },
  get columns() {
    return sink.columns;
  },
});
