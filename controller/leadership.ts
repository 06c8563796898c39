import { acquireLeadership, type LeaderElectionOptions, type Leadership } from '../kube/lease.ts';
import type { ControllerFlags } from './flags.ts';
import type { ControllerLog } from './log.ts';

/** The name of the Lease: the driver's, as kubernetes-csi-addons normalizes it. */
const leaseNameOf = (driverName: string): string =>
  `${driverName.replaceAll(/[^a-zA-Z0-9-]/g, '-')}-dr-controller`.toLowerCase();

/**
 * Waits to become the leader; undefined where no election is asked for. `signal` ends the wait, and later the leadership:
 * it must not abort before the last pass has ended, or two controllers would act at once.
 */
export const lead = async (
  flags: ControllerFlags,
  options: Pick<LeaderElectionOptions, 'cluster' | 'identity' | 'signal' | 'now' | 'random'> & {
    log: ControllerLog;
  },
): Promise<Leadership | undefined> => {
  if (!flags.leaderElection) return undefined;
  const { cluster, identity, log } = options;
  const lease = {
    namespace: flags.leaderElectionNamespace ?? cluster.defaultNamespace,
    name: leaseNameOf(flags.driverName),
  };
  log.info({ lease: `${lease.namespace}/${lease.name}`, identity }, 'Waiting to become the leader');
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = flags;
  const leadership = await acquireLeadership({
    ...options,
    lease,
    leaseDurationMs,
    renewDeadlineMs,
    retryPeriodMs,
  });
  log.info({ identity }, 'Became the leader');
  return leadership;
};
