import { messageOf } from '../../core/model/error.ts';
import { workloadFieldManager } from '../../core/workload/field-manager.ts';
import { isPaused } from '../../core/workload/is-paused.ts';
import {
  isPausedByUs,
  type PausedManager,
  pausePatch,
  resumePatch,
} from '../../core/workload/paused-managers.ts';
import type { Manager } from '../../core/workload/workload.ts';
import type { Site } from '../door/clusters.ts';

/** Who is told, and until when it goes on. */
export type ManagerOptions = {
  readonly tell: (message: string) => void;
  readonly signal: AbortSignal;
};

type Pause = NonNullable<Manager['pause']>;

const pauseOne = async (
  { cluster }: Site,
  pause: Pause,
  { tell, signal }: ManagerOptions,
): Promise<boolean> => {
  const { resource, namespace, name } = pause;
  const key = { namespace, name };
  const object = await cluster.get(resource, key, { signal });
  // Somebody has paused it on purpose: it stays so afterwards, too.
  if (isPaused(pause, object)) return isPausedByUs(object);
  await cluster.patch(resource, key, pausePatch(pause), {
    type: 'merge',
    fieldManager: workloadFieldManager,
    signal,
  });
  tell(`${resource.kind} ${namespace}/${name} paused, so that it starts nothing again`);
  return true;
};

/**
 * Pauses what would start a workload again, and answers what was paused by us. One that cannot be paused is told: that nothing uses the
 * volumes is seen to before they are demoted in any case.
 */
export const pauseManagers = async (
  site: Site,
  managers: readonly Manager[],
  options: ManagerOptions,
): Promise<readonly PausedManager[]> => {
  const paused: PausedManager[] = [];
  for (const { name, pause, warning } of managers) {
    if (pause === undefined) continue;
    try {
      if (await pauseOne(site, pause, options)) paused.push(pause);
    } catch (error) {
      options.signal.throwIfAborted();
      options.tell(`${name} ${warning ?? ''}; it cannot be paused: ${messageOf(error)}`);
    }
  }
  return paused;
};

/** Lets go on what was paused by us. */
export const resumeManagers = async (
  { cluster }: Site,
  paused: readonly PausedManager[],
  { tell, signal }: ManagerOptions,
): Promise<void> => {
  for (const manager of paused) {
    const { resource, namespace, name } = manager;
    const key = { namespace, name };
    try {
      const object = await cluster.get(resource, key, { signal });
      if (!isPausedByUs(object)) continue;
      await cluster.patch(resource, key, resumePatch(manager), {
        type: 'merge',
        fieldManager: workloadFieldManager,
        signal,
      });
      tell(`${resource.kind} ${namespace}/${name} goes on`);
    } catch (error) {
      signal.throwIfAborted();
      tell(
        `${resource.kind} ${namespace}/${name} is still paused, and cannot be let go: ${messageOf(error)}`,
      );
    }
  }
};
