import { executable, type RunningSandbox, runCommand } from './running-sandbox.ts';

/** The built `kubectl dr`, on a machine whose clock is ahead of the sites' by some minutes, or behind. */
export const drAt = ({ env }: RunningSandbox, minutes: number, ...words: string[]) => {
  const shift = `const now=Date.now;Date.now=()=>now()+${minutes * 60_000}`;
  const options = `--import=data:text/javascript,${encodeURIComponent(shift)}`;
  return runCommand(executable('kubectl-dr'), words, { env: { ...env, NODE_OPTIONS: options } });
};
