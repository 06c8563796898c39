import { setTimeout as delay } from 'node:timers/promises';
import type { Failure } from '../../core/replication/answer.ts';
import type { DriverFacts } from '../../core/replication/facts.ts';
import type { ControllerLog } from '../log.ts';
import { createDriverClient, type DriverCall, type DriverClient } from './client.ts';

/** The driver this controller serves, watched over. */
export type Driver = {
  facts(): DriverFacts;
  call(call: DriverCall): ReturnType<DriverClient['call']>;
  /** Probes now and settles when `facts` says what came of it. Concurrent calls share one probe. */
  check(): Promise<void>;
  close(): void;
};

type Options = {
  name: string;
  address: string;
  rpcTimeoutMs: number;
  /** Told when the driver becomes ready or is lost. */
  onChange: (facts: DriverFacts) => void;
  signal: AbortSignal;
  random: () => number;
  now: () => number;
  log: ControllerLog;
};

const probeTimeoutMs = 5_000;
const healthyPauseMs = 10_000;
const firstRetryMs = 500;
const longestRetryMs = 5_000;

/** Why a driver cannot be talked to, in words that stay the same from one attempt to the next. */
const reasonOf = ({ code, description }: Failure): string => {
  if (description.includes('ENOENT')) return 'its socket does not exist';
  if (description.includes('ECONNREFUSED')) return 'nobody listens on its socket';
  if (description.includes('EACCES')) return 'its socket may not be opened';
  if (code === 'DeadlineExceeded') return 'it does not answer';
  return code === 'Unavailable' ? 'the connection was lost' : description;
};

/**
 * Connects to the driver and keeps watch: a probe every ten seconds, sooner while it is away. A driver of another name, or
 * one that cannot replicate, is as good as none; that is said once.
 */
export const watchDriver = (options: Options): Driver => {
  const { name, address, signal, random, log, onChange } = options;
  const client = createDriverClient(options);
  let facts: DriverFacts = {
    name,
    state: 'unavailable',
    reason: `driver ${name} was not reached yet at ${address}`,
  };
  let checking: Promise<void> | undefined;
  let wake = new AbortController();

  const become = (next: DriverFacts): void => {
    const isNews = JSON.stringify(next) !== JSON.stringify(facts);
    facts = next;
    if (!isNews) return;
    // A call found out before the watch did: it must not sleep on.
    wake.abort();
    if (next.state === 'ready') log.info({ driver: name }, 'Driver is ready');
    else log.warn({ driver: name, reason: next.reason }, 'Driver is unavailable');
    onChange(next);
  };

  const lose = (reason: string): void => become({ name, state: 'unavailable', reason });

  const probe = async (): Promise<void> => {
    const alive = await client.probe(probeTimeoutMs);
    if (!alive.ok && alive.code !== 'Unimplemented') {
      lose(`driver ${name} at ${address}: ${reasonOf(alive)}`);
      return;
    }
    // Each time: another driver may have come to the same socket since.
    const answer = await client.identify(probeTimeoutMs);
    if (!answer.ok) lose(`driver ${name} at ${address}: ${reasonOf(answer)}`);
    else if (answer.identity.name !== name)
      lose(`the driver at ${address} is ${answer.identity.name}, not ${name}`);
    else if (!answer.identity.replicates) lose(`driver ${name} does not support VolumeReplication`);
    else {
      const { knowsDestination } = answer.identity;
      become({ name, state: 'ready', knowsDestination });
    }
  };

  const check = (): Promise<void> => {
    checking ??= probe().finally(() => {
      checking = undefined;
    });
    return checking;
  };

  const watch = async (): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      await check();
      failures = facts.state === 'ready' ? 0 : failures + 1;
      const retryMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(10, failures - 1));
      const pauseMs = (failures === 0 ? healthyPauseMs : retryMs) * (0.75 + random() / 2);
      wake = new AbortController();
      await delay(pauseMs, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(
        () => undefined,
      );
    }
    client.close();
  };
  void watch();

  const call: Driver['call'] = async (request) => {
    // Nothing is asked of whoever came to the socket since, before it has said who it is.
    if (!client.isConnected()) await check();
    if (facts.state !== 'ready') return { ok: false, code: 'Unavailable', description: facts.reason };
    return client.call(request);
  };

  return { facts: () => facts, call, check, close: client.close };
};
