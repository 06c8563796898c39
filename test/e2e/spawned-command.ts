// A command that can be killed, interrupted and watched while it runs.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, privateEnvironment, type RunningSandbox } from './running-sandbox.ts';

/** How it ended. */
export type SpawnEnd = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Spawned = {
  readonly child: ChildProcess;
  readonly ended: Promise<SpawnEnd>;
  /** What it printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
};

/** An environment of a person who has never run anything here: only the clusters are the same. */
export const emptyHome = ({ home }: RunningSandbox, kubeconfig: string): NodeJS.ProcessEnv => {
  mkdirSync(join(home, 'people'), { recursive: true });
  const own = mkdtempSync(join(home, 'people', 'home-'));
  return { ...privateEnvironment(own), KUBECONFIG: kubeconfig };
};

/** Starts `kubectl dr …`: Node itself and not the launcher, as a signal to a shell would leave its child alive. */
export const spawnDr = (words: readonly string[], env: NodeJS.ProcessEnv): Spawned => {
  const child = spawn(process.execPath, [join(packageRoot, 'dist/lib/kubectl-dr.mjs'), ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const ended = new Promise<SpawnEnd>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
};
