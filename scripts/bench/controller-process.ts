import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { environment, executable } from './workbench.ts';

const sandboxDriver = 'rbd.csi.ceph.com';

/** A csi-addons driver in a process of its own that answers each call after so many milliseconds. */
export const startDriver = async (
  socket: string,
  latencyMs: number,
  name = sandboxDriver,
): Promise<ChildProcess> => {
  const script = fileURLToPath(new URL('slow-driver.ts', import.meta.url));
  const driver = spawn(process.execPath, [script, socket, String(latencyMs), name], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(driver.stdout, 'data');
  return driver;
};

/** The built dr-controller at one site of the bench's sandbox. */
export const startController = (
  home: string,
  socket: string,
  { context = 'cluster-1', driver = sandboxDriver } = {},
): ChildProcess =>
  spawn(
    executable('dr-controller'),
    [
      `--driver-name=${driver}`,
      `--csi-addons-address=unix://${socket}`,
      `--context=${context}`,
      '--leader-election=false',
      '--metrics-bind-address=0',
      '--health-probe-bind-address=0',
    ],
    { env: environment(home), stdio: ['ignore', 'ignore', 'ignore'] },
  );

/** Ends a process that was started here. */
export const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
};
