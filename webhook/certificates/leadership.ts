import type { Cluster } from '../../kube/cluster.ts';
import { acquireLeadership, type Leadership } from '../../kube/lease.ts';
import type { CertificateLog } from './certificate-log.ts';

/** The Lease in the webhook's namespace whose holder writes. */
export const leaseName = 'dr-webhook';

export type ElectionOptions = {
  cluster: Cluster;
  namespace: string;
  /** Unique per process; undefined: this process is the only one, and leads. */
  identity: string | undefined;
  signal: AbortSignal;
  now: () => number;
  random: () => number;
  log: CertificateLog;
  /** Leadership came or went. */
  onChange: () => void;
  times?: ElectionTimes | undefined;
};

/** How an election is timed, in milliseconds; see `LeaderElectionOptions`. */
export type ElectionTimes = { leaseDurationMs: number; renewDeadlineMs: number; retryPeriodMs: number };

export type Election = {
  isLeader(): boolean;
  /** Settles once the Lease was given back after the abort. */
  ended: Promise<void>;
};

const defaultTimes: ElectionTimes = {
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2_000,
};

/** Takes part in the election again and again until the signal aborts. */
export const takePart = (options: ElectionOptions): Election => {
  const { cluster, namespace, identity, signal, now, random, log, onChange, times = defaultTimes } = options;
  if (identity === undefined) return { isLeader: () => !signal.aborted, ended: Promise.resolve() };
  let leadership: Leadership | undefined;
  const campaign = async (): Promise<void> => {
    const lease = { namespace, name: leaseName };
    leadership = await acquireLeadership({ cluster, lease, identity, signal, now, random, log, ...times });
    log.info({ lease: `${namespace}/${leaseName}`, identity }, 'Became the leader');
    onChange();
    await leadership.ended;
    log.info({ identity }, 'Stopped being the leader');
    onChange();
  };
  const campaignOn = async (): Promise<void> => {
    // It rejects only when the signal aborts.
    while (!signal.aborted) await campaign().catch(() => undefined);
  };
  return { isLeader: () => leadership?.isCurrent() ?? false, ended: campaignOn() };
};
