import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { environment, executable } from './workbench.ts';

/** A csi-addons driver in a process of its own that answers each call after so many milliseconds. */
export const startDriver = async (socket: string, latencyMs: number): Promise<ChildProcess> => {
  const script = fileURLToPath(new URL('slow-driver.ts', import.meta.url));
  const driver = spawn(process.execPath, [script, socket, String(latencyMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(driver.stdout, 'data');
  return driver;
};

/** The built dr-controller at one site of the bench's sandbox. */
export const startController = (home: string, socket: string): ChildProcess =>
  spawn(
    executable('dr-controller'),
    [
      '--driver-name=rbd.csi.ceph.com',
      `--csi-addons-address=unix://${socket}`,
      '--context=cluster-1',
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
