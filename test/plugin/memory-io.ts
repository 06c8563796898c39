import type { Io } from '../../plugin/io.ts';
import { createOutput } from '../../plugin/output/create-output.ts';

/** A process that keeps what is written to it. */
export type MemoryIo = Io & {
  readonly out: () => string;
  readonly err: () => string;
  readonly interrupt: () => void;
  readonly terminate: () => void;
};

export const memoryIo = (
  parts: Partial<Pick<Io, 'env' | 'home' | 'now'>> & { isTerminal?: boolean; input?: string } = {},
): MemoryIo => {
  const out: string[] = [];
  const err: string[] = [];
  const interruption = new AbortController();
  const secondInterruption = new AbortController();
  const termination = new AbortController();
  const to = (texts: string[]) =>
    createOutput({
      isTerminal: parts.isTerminal ?? false,
      write: (data) => {
        texts.push(typeof data === 'string' ? data : Buffer.from(data).toString());
      },
      flush: () => Promise.resolve(),
    });
  return {
    env: parts.env ?? {},
    home: parts.home,
    stdin: (async function* () {
      if (parts.input !== undefined) yield Buffer.from(parts.input);
    })(),
    isInteractive: parts.isTerminal ?? false,
    stdout: to(out),
    stderr: to(err),
    now: parts.now ?? (() => 0),
    random: () => 0.5,
    signal: interruption.signal,
    terminated: termination.signal,
    heedSecondInterrupt: () => secondInterruption.signal,
    outliveReader: () => undefined,
    version: '1.2.3',
    process: { machine: 'test', pid: 1, isAlive: () => false },
    out: () => out.join(''),
    err: () => err.join(''),
    terminate: () => {
      termination.abort();
      interruption.abort();
    },
    interrupt: () => (interruption.signal.aborted ? secondInterruption : interruption).abort(),
  };
};
