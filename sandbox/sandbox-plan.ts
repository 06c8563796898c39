import { join } from 'node:path';
import type { Log } from './cluster-controllers/runtime/work-queue.ts';
import type { SandboxSettings } from './control-protocol.ts';
import type { Surroundings } from './record.ts';

/** What a sandbox runs in. */
export type SandboxContext = Surroundings & {
  temporaryDirectory: string;
  /** Made already by whoever started this process; a new one where left out. */
  runDirectory?: string;
  now: () => number;
  random: () => number;
  log: Log;
  /** Ends the sandbox. */
  signal: AbortSignal;
};

/** What is known of a sandbox before its servers are there. */
export type SandboxPlan = {
  settings: SandboxSettings;
  context: SandboxContext;
  packageRoot: string;
  runDirectory: string;
  stateDirectory: string | undefined;
  kubeconfig: string;
  /** Things to undo, the last one first. */
  undo: (() => Promise<void>)[];
};

/** The kubeconfig by which the processes of a site reach it. */
export const siteKubeconfig = ({ runDirectory }: SandboxPlan, site: string): string =>
  join(runDirectory, `${site}.kubeconfig`);
