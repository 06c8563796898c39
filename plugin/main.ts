import { exitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { run } from './run.ts';

const interruption = new AbortController();

/** The first Ctrl-C ends what waits and lets the command say how it stands; the second ends the process. */
const onInterrupt = (): void => {
  if (interruption.signal.aborted) process.exit(exitCode.interrupted);
  interruption.abort();
};

/** A reader that has seen enough (`| head`) is no error. */
const endQuietly = (error: NodeJS.ErrnoException): void => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitCode.ok);
  throw error;
};

const output = (stream: NodeJS.WriteStream) => ({
  write: (data: string | Uint8Array) => {
    stream.write(data);
  },
  get isTerminal() {
    return stream.isTTY === true;
  },
});

const io: Io = {
  env: process.env,
  home: process.env['HOME'] || process.env['USERPROFILE'] || undefined,
  get stdin() {
    return process.stdin;
  },
  get isInteractive() {
    return process.stdin.isTTY === true && process.stderr.isTTY === true;
  },
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  now: Date.now,
  random: Math.random,
  signal: interruption.signal,
  version: (globalThis as { kubectlDrVersion?: string }).kubectlDrVersion ?? 'development',
};

process.on('SIGINT', onInterrupt);
process.on('SIGTERM', onInterrupt);
process.stdout.on('error', endQuietly);
process.stderr.on('error', endQuietly);

const code = await run(process.argv.slice(2), io);
// What was written goes out first; connections that are still open are not worth waiting for.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
