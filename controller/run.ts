import { atMost, untilAborted } from '../kube/program/wait.ts';
import { assembleController, type ControllerOptions, type Parts } from './assemble.ts';
import { fillQueue } from './first-look.ts';
import { lead } from './leadership.ts';
import { serveObservability } from './observability.ts';

/** A running pass may take as long before it is left to the next process. */
const drainMs = 20_000;
const flushMs = 2_000;

/** Leads, works until the signal aborts, then finishes what runs and gives the Lease back, in this order. */
const work = async (
  options: ControllerOptions,
  { caches, driver, queue, events }: Parts,
  setLeading: (isLeading: () => boolean) => void,
): Promise<void> => {
  const { flags, cluster, signal, random, log } = options;
  // The first word of the driver too: without it every volume would be told to wait.
  await Promise.race([Promise.all([caches.synced, driver.check()]), untilAborted(signal)]);
  if (signal.aborted) return;
  log.info({ volumeReplications: caches.replications.size(), cluster: cluster.name }, 'Caches synced');
  const leaving = new AbortController();
  const stopWaiting = (): void => leaving.abort(signal.reason);
  signal.addEventListener('abort', stopWaiting);
  const leadership = await lead(flags, { ...options, signal: leaving.signal });
  signal.removeEventListener('abort', stopWaiting);
  setLeading(() => leadership?.isCurrent() ?? true);
  fillQueue(queue, caches, { pollMs: flags.pollMs, resyncPollMs: flags.resyncPollMs, random });
  queue.start();
  await Promise.race([
    untilAborted(signal),
    ...(leadership === undefined ? [] : [untilAborted(leadership.lost)]),
  ]);
  // Somebody else acts already: nothing is finished any more.
  leadership?.lost.throwIfAborted();
  log.info({ running: queue.stats().running }, 'Stopping, running passes are finished first');
  await atMost(drainMs, queue.drain());
  setLeading(() => false);
  await atMost(flushMs, events.flush());
  leaving.abort();
  await leadership?.ended;
};

/**
 * Runs the controller until its signal aborts.
 * Rejects with `LeadershipLost` when another process became the leader, and with `PortInUse` or `FlagInvalid` at start.
 */
export const runController = async (options: ControllerOptions): Promise<void> => {
  const { flags, cluster, peer, signal, now } = options;
  const ending = new AbortController();
  let check = () => false;
  const isLeading = (): boolean => check();
  const parts = assembleController(options, { ending: ending.signal, isLeading });
  try {
    const servers = await serveObservability(flags, { ...parts, isLeader: isLeading, now });
    try {
      await work(options, parts, (next) => {
        check = next;
      });
    } finally {
      for (const server of servers) server.close();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    ending.abort();
    parts.driver.close();
    cluster.close();
    peer?.close();
  }
};
