import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { whyFileFailed } from './backup/file-failure.ts';
import { type ExitCode, exitCode, type LostOutput, withLostOutput } from './exit-code.ts';
import type { Io } from './io.ts';
import { createOutput } from './output/create-output.ts';
import { type OnLost, standardSink } from './output/standard-sink.ts';
import { run } from './run.ts';

const interruption = new AbortController();
const secondInterruption = new AbortController();
const termination = new AbortController();
let isSecondHeeded = false;
let isInterruptedByPerson = false;

/** Long enough for one write to each site, and too short to be pressed away. */
const lastWordsMs = 2_000;

/** A terminal interrupts all processes of its group, and one of them (`timeout`, `npm`) may pass it on: that is one Ctrl-C. */
const sameInterruptMs = 200;
let interruptedAt = Number.NEGATIVE_INFINITY;

/**
 * The first Ctrl-C ends what waits and lets the command say how it stands; the second ends the process, where that has something to say
 * within a moment; the third at once.
 */
const onInterrupt = (): void => {
  const now = performance.now();
  if (now - interruptedAt < sameInterruptMs) return;
  isInterruptedByPerson = true;
  interruptedAt = now;
  const isSecond = interruption.signal.aborted && !secondInterruption.signal.aborted;
  if (!interruption.signal.aborted) interruption.abort();
  else if (isSecond && isSecondHeeded) {
    secondInterruption.abort();
    setTimeout(() => process.exit(exitCode.interrupted), lastWordsMs).unref();
  } else process.exit(exitCode.interrupted);
};

/**
 * SIGTERM is no key that somebody presses again: it ends what waits as the first Ctrl-C does, however often it comes, and nothing more. What
 * comes after it where it is not heeded is SIGKILL.
 */
const onTerminate = (): void => {
  isInterruptedByPerson = true;
  termination.abort();
  interruption.abort();
};

/** What changes clusters is not to stop in the middle because nobody reads on. */
let outlivesReader = false;

/** What did not arrive first: the rest follows from it. */
let lost: { why: LostOutput; text: string } | undefined;

const end = (code: ExitCode): never => {
  if (lost === undefined) process.exit(code);
  // A reader that has seen enough (`| head`) needs no word.
  if (lost.why === 'NotWritten')
    stderr.line(
      `error: ${lost.text}; what was written is not the whole, so mend that and run the command again`,
    );
  process.exit(withLostOutput(code, lost.why, { byPerson: isInterruptedByPerson }));
};

/** Ends what goes on as Ctrl-C does, so that nothing is left half done behind. */
const onLost =
  (name: string): OnLost =>
  (why, error) => {
    lost ??= { why, text: `${name}: ${whyFileFailed(error)}` };
    if (outlivesReader) return;
    interruption.abort();
    setTimeout(() => end(exitCode.interrupted), lastWordsMs).unref();
  };

const stdout = createOutput(standardSink(1, () => process.stdout, onLost('standard output')));
const stderr = createOutput(standardSink(2, () => process.stderr, onLost('standard error')));

/** Empty where the system does not tell. */
const told = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return '';
  }
};

/** Of containers on one machine each counts its own processes. */
const machine = (): string =>
  [
    hostname(),
    told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    told(() => readlinkSync('/proc/self/ns/pid')),
  ].join('/');

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Asked more than once, each question gets the next line: whoever stops reading must not close it for the others. */
const standardInput = (): AsyncIterable<Buffer> => {
  let reading: AsyncIterator<Buffer> | undefined;
  return {
    [Symbol.asyncIterator]: () => {
      reading ??= process.stdin[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      const { next } = reading;
      return { next: next.bind(reading) };
    },
  };
};

const input = standardInput();

const io: Io = {
  env: process.env,
  home: process.env['HOME'] || process.env['USERPROFILE'] || undefined,
  stdin: input,
  get isInteractive() {
    return process.stdin.isTTY === true && process.stderr.isTTY === true;
  },
  stdout,
  stderr,
  now: Date.now,
  random: Math.random,
  signal: interruption.signal,
  terminated: termination.signal,
  heedSecondInterrupt: () => {
    isSecondHeeded = true;
    return secondInterruption.signal;
  },
  process: {
    get machine() {
      return machine();
    },
    pid: process.pid,
    isAlive,
  },
  outliveReader: () => {
    outlivesReader = true;
  },
  version: (globalThis as { kubectlDrVersion?: string }).kubectlDrVersion ?? 'development',
};

process.on('SIGINT', onInterrupt);
process.on('SIGTERM', onTerminate);

// What waits for something that cannot come any more leaves Node nothing to do: it would end with a code of its own.
process.on('beforeExit', () => {
  if (interruption.signal.aborted)
    end(termination.signal.aborted ? exitCode.terminated : exitCode.interrupted);
});

const code = await run(process.argv.slice(2), io);
// What was written goes out first; connections that are still open are not worth waiting for.
await Promise.all([stdout.flush(), stderr.flush()]);
end(code === exitCode.interrupted && termination.signal.aborted ? exitCode.terminated : code);
