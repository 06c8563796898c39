import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DrError } from '../core/model/error.ts';
import { callControl } from './control-call.ts';
import type { ControlCall, ControlCalls, SandboxSettings, SandboxStatus } from './control-protocol.ts';
import { readRecord, type SandboxRecord, type Surroundings } from './record.ts';

/** What the commands of a person run in. */
export type CommandContext = Surroundings & {
  /** Where sockets may be: `TMPDIR` or `/tmp`. */
  temporaryDirectory: string;
  now: () => number;
  random: () => number;
  /** One line of progress. */
  log: (level: 'info' | 'warn' | 'error', message: string) => void;
  signal: AbortSignal;
};

const callTimeoutMs = 90_000;
const startTimeoutMs = 120_000;
const downTimeoutMs = 30_000;

/**
 * Runs a sandbox in this process until the signal aborts or `down` is called from elsewhere. `onReady` hears of it once both
 * sites answer; the promise settles when everything has ended and been removed.
 */
export const upSandbox = async (
  settings: SandboxSettings,
  context: CommandContext,
  onReady: (status: SandboxStatus) => void,
): Promise<void> => {
  const { runSandbox } = await import('./up.ts');
  const sandbox = await runSandbox(settings, context);
  onReady(await sandbox.status());
  await sandbox.closed;
};

/** The file that starts a sandbox in a process of its own: a bundle beside this one, or the source. */
const sandboxEntry = (): string =>
  fileURLToPath(
    import.meta.url.endsWith('.ts')
      ? new URL('./main.ts', import.meta.url)
      : new URL('./sandbox.mjs', import.meta.url),
  );

type Message = { ready: SandboxStatus } | { failed: { code: string; message: string; hint?: string } };

/** The line of a log that says what went wrong: an error, or else the last one. */
const lastWords = (logFile: string): string => {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n');
  return lines.findLast((line) => /^(error|\w*Error): /.test(line)) ?? lines.at(-1) ?? '';
};

/** Waits until a started sandbox says how it went. */
const awaitMessage = (child: ChildProcess, logFile: string, signal: AbortSignal): Promise<Message> =>
  new Promise((resolve, reject) => {
    const fail = (code: string, message: string): void => reject(new DrError({ code, message }));
    child.once('message', (received) => resolve(received as Message));
    child.once('error', reject);
    child.once('exit', () =>
      fail('SandboxFailed', `the sandbox ended while starting: ${lastWords(logFile)}`),
    );
    const expiry = AbortSignal.timeout(startTimeoutMs);
    const late = `the sandbox did not come up within ${startTimeoutMs / 1000} s`;
    expiry.addEventListener('abort', () => fail('SandboxNotReady', late), { once: true });
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** Starts a sandbox that outlives this process, and waits until both sites answer. */
export const startDetached = async (
  settings: SandboxSettings,
  context: CommandContext,
): Promise<SandboxStatus> => {
  // Made here, so that what the new process says has a place before it says anything.
  const runDirectory = mkdtempSync(join(context.temporaryDirectory, 'kubectl-dr-'));
  const logFile = join(runDirectory, 'sandbox.log');
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [sandboxEntry(), JSON.stringify({ settings, runDirectory })], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: context.env,
  });
  try {
    const message = await awaitMessage(child, logFile, context.signal);
    if ('failed' in message) throw new DrError(message.failed);
    child.disconnect();
    return message.ready;
  } catch (thrown) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    rmSync(runDirectory, { recursive: true, force: true });
    throw thrown;
  } finally {
    child.unref();
    closeSync(log);
  }
};

const notRunning = (): DrError =>
  new DrError({
    code: 'SandboxNotRunning',
    message: 'no sandbox runs',
    hint: 'start one with kubectl dr sandbox up',
  });

/** Nobody is behind the record: it was killed, and its controllers may still run. */
const died = ({ pid }: SandboxRecord, cause: unknown): DrError =>
  new DrError({
    code: 'SandboxNotRunning',
    message: `the sandbox (pid ${pid}) died and left files and perhaps processes behind`,
    hint: 'remove them: kubectl dr sandbox down; or start anew: kubectl dr sandbox up',
    cause,
  });

/** One call to the running sandbox. Rejects with `SandboxNotRunning`, or with what the sandbox answered. */
export const callSandbox = async <Name extends Exclude<ControlCall, 'down'>>(
  surroundings: Surroundings,
  name: Name,
  body: ControlCalls[Name]['request'],
  signal?: AbortSignal,
): Promise<ControlCalls[Name]['answer']> => {
  const record = await readRecord(surroundings);
  if (record === undefined) throw notRunning();
  try {
    return await callControl(record.controlSocket, name, body, { timeoutMs: callTimeoutMs, signal });
  } catch (thrown) {
    throw thrown instanceof DrError && thrown.code === 'SandboxNotRunning' ? died(record, thrown) : thrown;
  }
};

const awaitEnd = async (record: SandboxRecord, context: CommandContext): Promise<void> => {
  const { isAlive } = await import('./child-process.ts');
  for (let waited = 0; waited < downTimeoutMs; waited += 25) {
    if (!(await isAlive(record.pid))) return;
    await delay(25, undefined, { signal: context.signal });
  }
  throw new DrError({
    code: 'SandboxStillRunning',
    message: `the sandbox (pid ${record.pid}) did not end within ${downTimeoutMs / 1000} s`,
    hint: `kill -9 ${record.pid}, then run this command again`,
  });
};

/**
 * Ends the sandbox and waits until nothing of it is left. What a killed one has left behind is removed, too. Answers whether
 * there was one.
 */
export const downSandbox = async (context: CommandContext): Promise<boolean> => {
  const record = await readRecord(context);
  if (record === undefined) return false;
  try {
    await callControl(record.controlSocket, 'down', {}, { timeoutMs: 5_000, signal: context.signal });
  } catch (thrown) {
    if (!(thrown instanceof DrError) || thrown.code !== 'SandboxNotRunning') throw thrown;
    const { removeLeftovers } = await import('./leftovers.ts');
    await removeLeftovers(record, context);
    return true;
  }
  await awaitEnd(record, context);
  return true;
};
