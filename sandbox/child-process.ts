import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A process of the sandbox that can be ended for sure. */
export type Child = {
  pid: number;
  /** Settles with the exit code or signal. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when that takes longer than this many milliseconds. */
  stop(graceMs: number): Promise<void>;
};

export type ChildOptions = {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** Both outputs are appended to this file. */
  logFile: string;
};

const isRunning = (process: ChildProcess): boolean =>
  process.exitCode === null && process.signalCode === null;

/** Starts a process. Rejects when there is no such command. */
export type StartChild = (options: ChildOptions) => Promise<Child>;

/** Starts a process of this machine. */
export const startChild: StartChild = async (options) => {
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    const child = spawn(options.command, [...options.args], {
      env: options.env,
      stdio: ['ignore', log, log],
    });
    const { promise: exited, resolve } = Promise.withResolvers<Awaited<Child['exited']>>();
    child.once('exit', (code, signal) => resolve({ code, signal }));
    await new Promise<void>((ready, fail) => {
      child.once('spawn', ready);
      child.once('error', fail);
    });
    return {
      pid: child.pid ?? 0,
      exited,
      signal: (signal) => {
        if (isRunning(child)) child.kill(signal);
      },
      stop: async (graceMs) => {
        if (!isRunning(child)) return;
        child.kill('SIGTERM');
        // A stopped process takes no SIGTERM before it goes on.
        child.kill('SIGCONT');
        const forced = setTimeout(() => child.kill('SIGKILL'), graceMs);
        await exited;
        clearTimeout(forced);
      },
    };
  } finally {
    closeSync(log);
  }
};

const runFile = promisify(execFile);

/** The command line of a running process; undefined where there is none. */
const commandLineOf = async (pid: number): Promise<string | undefined> => {
  try {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return text === '' ? undefined : text.replaceAll('\0', ' ');
  } catch {
    // No such process, or no /proc.
  }
  try {
    const { stdout } = await runFile('ps', ['-p', String(pid), '-o', 'command=']);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
};

/** Whether a process runs whose command line holds a text: a pid alone may belong to somebody else by now. */
export const isProcess = async (pid: number, marker: string): Promise<boolean> =>
  (await commandLineOf(pid))?.includes(marker) === true;

/** Whether a process still does anything: one that has ended and was not waited for by its parent does not. */
export const isAlive = async (pid: number): Promise<boolean> => {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
  // The state follows the name, which may hold anything, in parentheses.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) [ZX] /.test(stat);
};

const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
};

/** Ends a process of an earlier run, if it is one: `marker` is what its command line holds. */
export const endLeftover = async (pid: number, marker: string): Promise<void> => {
  if (!(await isProcess(pid, marker))) return;
  send(pid, 'SIGTERM');
  send(pid, 'SIGCONT');
  for (let waited = 0; waited < 3_000; waited += 50) {
    if (!(await isProcess(pid, marker))) return;
    await delay(50);
  }
  send(pid, 'SIGKILL');
};
