import { setTimeout as delay } from 'node:timers/promises';
import { DrError, messageOf } from '../core/model/error.ts';
import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import { resources } from '../core/model/resource.ts';
import { isAlreadyExists, isConflict, isNotFound } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import type { InformerLog } from './informer.ts';
import { microTime } from './micro-time.ts';

/** `coordination.k8s.io/v1` Lease, what an election reads and writes of it. */
export type Lease = KubernetesObject & {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
};

export type LeaderElectionOptions = {
  cluster: Cluster;
  lease: { namespace: string; name: string };
  /** Who we are: unique per process. */
  identity: string;
  /** How long others wait after our last renewal before they take over. */
  leaseDurationMs: number;
  /** How long we go on trying to renew before we stop being the leader; shorter than the lease. */
  renewDeadlineMs: number;
  retryPeriodMs: number;
  /** Stops the election; the lease is given back. */
  signal: AbortSignal;
  now: () => number;
  random: () => number;
  log?: InformerLog | undefined;
};

/** Being the leader: while `lost` is not aborted. */
export type Leadership = {
  lost: AbortSignal;
  /**
   * Whether the lease is ours for sure at this moment: a process that was stopped or starved for longer than its lease
   * learns of it here first, before its timers and requests tell.
   */
  isCurrent(): boolean;
  /** Settles when the lease was given back or left. */
  ended: Promise<void>;
};

/** The lease as we saw it and when: times of other machines are never compared with ours. */
type Observation = { version: string; seenAt: number };

type Election = {
  options: LeaderElectionOptions;
  observed: Observation | undefined;
  /** When the last renewal that succeeded began. */
  renewedAt: number;
};

const key = ({ lease }: LeaderElectionOptions) => lease;

const specOf = (options: LeaderElectionOptions, before: Lease['spec']): NonNullable<Lease['spec']> => {
  const time = microTime(options.now());
  const isOurs = before?.holderIdentity === options.identity;
  return {
    holderIdentity: options.identity,
    leaseDurationSeconds: Math.ceil(options.leaseDurationMs / 1000),
    acquireTime: isOurs ? (before?.acquireTime ?? time) : time,
    renewTime: time,
    leaseTransitions: (before?.leaseTransitions ?? 0) + (isOurs || before === undefined ? 0 : 1),
  };
};

/** Whether another holder may still be alive: it renewed less than its lease's duration ago, by our own clock. */
const isHeldByAnother = (election: Election, lease: Lease): boolean => {
  const { options } = election;
  const holder = lease.spec?.holderIdentity;
  const version = `${holder}/${lease.spec?.renewTime}/${lease.metadata.resourceVersion}`;
  if (election.observed?.version !== version) election.observed = { version, seenAt: options.now() };
  if (!holder || holder === options.identity) return false;
  const durationMs = (lease.spec?.leaseDurationSeconds ?? options.leaseDurationMs / 1000) * 1000;
  return options.now() < election.observed.seenAt + durationMs;
};

/** One attempt to take or renew the lease until `deadline`; false where another holds it or was quicker. */
const acquireOrRenew = async (election: Election, deadline: number): Promise<boolean> => {
  const { options } = election;
  const { cluster, signal, now } = options;
  const startedAt = now();
  // Both requests together must not take longer than one may: others count from the last renewal they saw.
  const request = () => ({ signal, timeoutMs: Math.max(1, deadline - now()) });
  const renewed = (): true => {
    election.renewedAt = startedAt;
    return true;
  };
  try {
    const lease = await cluster.get<Lease>(resources.leases, key(options), request());
    if (isHeldByAnother(election, lease)) return false;
    const spec = specOf(options, lease.spec);
    await cluster.replace<Lease>(resources.leases, { ...lease, spec }, request());
    return renewed();
  } catch (error) {
    if (isConflict(error)) return false;
    if (!isNotFound(error)) throw error;
  }
  try {
    const fresh: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...options.lease },
      spec: specOf(options, undefined),
    };
    await cluster.create(resources.leases, fresh, request());
    return renewed();
  } catch (error) {
    if (isAlreadyExists(error)) return false;
    throw error;
  }
};

/** Gives the lease back, so that the next leader need not wait. Best effort: it runs out anyway. */
const release = async (options: LeaderElectionOptions): Promise<void> => {
  try {
    const lease = await options.cluster.get<Lease>(resources.leases, key(options), { timeoutMs: 2_000 });
    if (lease.spec?.holderIdentity !== options.identity) return;
    const time = microTime(options.now());
    const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: time };
    await options.cluster.replace(resources.leases, { ...lease, spec }, { timeoutMs: 2_000 });
  } catch (error) {
    options.log?.debug({ error: messageOf(error) }, 'Lease not given back');
  }
};

const pause = (
  { retryPeriodMs, random, signal }: LeaderElectionOptions,
  longestMs = Number.POSITIVE_INFINITY,
): Promise<unknown> =>
  delay(Math.max(1, Math.min(longestMs, retryPeriodMs * (1 + random() * 0.2))), undefined, { signal }).catch(
    () => undefined,
  );

/** Renews until the deadline passes without success or the election is stopped. */
const holdOn = async (election: Election, lost: AbortController): Promise<void> => {
  const { options } = election;
  const deadline = (): number => election.renewedAt + options.renewDeadlineMs;
  while (!options.signal.aborted) {
    await pause(options, deadline() - options.now());
    if (options.signal.aborted) break;
    try {
      if (!(await acquireOrRenew(election, deadline()))) {
        const held = election.observed?.version.split('/')[0];
        if (held !== undefined && held !== '' && held !== options.identity) break;
      }
    } catch (error) {
      options.log?.warn({ error: messageOf(error) }, 'Lease not renewed');
    }
    if (options.now() >= deadline()) break;
  }
  lost.abort(
    new DrError({
      code: 'LeadershipLost',
      message: `the lease ${options.lease.namespace}/${options.lease.name} is no longer ours`,
    }),
  );
  if (options.signal.aborted) await release(options);
};

/**
 * Waits until this process holds the lease, then goes on renewing it in the background.
 * Rejects only when the signal aborts before. Compatible with client-go's lease lock.
 */
export const acquireLeadership = async (options: LeaderElectionOptions): Promise<Leadership> => {
  const election: Election = { options, observed: undefined, renewedAt: options.now() };
  for (;;) {
    options.signal.throwIfAborted();
    try {
      if (await acquireOrRenew(election, options.now() + options.renewDeadlineMs)) break;
    } catch (error) {
      options.signal.throwIfAborted();
      options.log?.warn({ error: messageOf(error) }, 'Lease cannot be had yet');
    }
    await pause(options);
  }
  const lost = new AbortController();
  return {
    lost: lost.signal,
    isCurrent: () => !lost.signal.aborted && options.now() - election.renewedAt < options.renewDeadlineMs,
    ended: holdOn(election, lost),
  };
};
