import type { OperationLease } from './operation-record.ts';

/** A lease is renewed three times in its duration. */
export const leaseDurationSeconds = 30;
export const leaseRenewalMs = 10_000;

/** The process that holds a lease: where it runs and which it is. */
export type Holder = {
  /** Names a machine, and what of it processes are counted in: `host/boot id/pid namespace`. */
  readonly machine: string;
  readonly pid: number;
};

/** `host/boot/namespace#1234`, as it stands in a record. */
export const holderText = ({ machine, pid }: Holder): string => `${machine}#${pid}`;

const parseHolder = (text: string): Holder | undefined => {
  const at = text.lastIndexOf('#');
  const pid = Number(text.slice(at + 1));
  return at <= 0 || !Number.isInteger(pid) || pid <= 0 ? undefined : { machine: text.slice(0, at), pid };
};

/** What is known of whoever holds a lease. */
export type LeaseState =
  | 'free'
  /** This very process. */
  | 'own'
  /** Of this machine, and its process has ended. */
  | 'left'
  /** Only time can tell: it has to be seen for its whole duration without a renewal. */
  | 'held';

/** How a lease stands at a first look. Times of other machines are not compared with ours. */
export const leaseState = (
  lease: OperationLease | undefined,
  me: Holder,
  isAlive: (pid: number) => boolean,
): LeaseState => {
  if (lease === undefined || lease.holder === '') return 'free';
  const holder = parseHolder(lease.holder);
  if (holder === undefined || holder.machine !== me.machine) return 'held';
  if (holder.pid === me.pid) return 'own';
  return isAlive(holder.pid) ? 'held' : 'left';
};
