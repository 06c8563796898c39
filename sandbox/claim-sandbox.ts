import { access } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { DrError } from '../core/model/error.ts';
import { callControl } from './control-call.ts';
import { isSandboxKubeconfig, removeLeftovers } from './leftovers.ts';
import { claimRecord, readRecord, type SandboxRecord, type Surroundings } from './record.ts';

const isAnswering = async ({ controlSocket }: SandboxRecord): Promise<boolean> => {
  try {
    await callControl(controlSocket, 'status', {}, { timeoutMs: 5_000 });
    return true;
  } catch (thrown) {
    // One that is still starting, or has no time, is alive all the same.
    return !(thrown instanceof DrError) || thrown.code !== 'SandboxNotRunning';
  }
};

/**
 * Takes the place of the one sandbox of a user. What a killed one has left behind is removed first; a running one is an
 * error. The control socket of the record must be listening already: it is what others recognise life by.
 */
export const claimSandbox = async (surroundings: Surroundings, record: SandboxRecord): Promise<void> => {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await claimRecord(surroundings, record)) return;
    const other = await readRecord(surroundings);
    if (other !== undefined && (await isAnswering(other))) {
      throw new DrError({
        code: 'SandboxRunning',
        message: `a sandbox runs already (pid ${other.pid}, since ${other.startedAt})`,
        hint: 'see kubectl dr sandbox status, or end it with kubectl dr sandbox down',
      });
    }
    if (other !== undefined) await removeLeftovers(other, surroundings);
    else await delay(50);
  }
  throw new DrError({
    code: 'SandboxRunning',
    message: 'another sandbox is starting right now',
    hint: 'try again',
  });
};

/** Refuses to write over a kubeconfig that is not a sandbox's own. */
export const assertKubeconfigIsOurs = async (path: string): Promise<void> => {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere || (await isSandboxKubeconfig(path))) return;
  throw new DrError({
    code: 'KubeconfigInUse',
    message: `${path} exists and was not written by a sandbox`,
    hint: 'name another file with --kubeconfig-out; KUBECONFIG=a:b lets kubectl use both',
  });
};
