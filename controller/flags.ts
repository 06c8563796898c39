import yargs from 'yargs';
import type { DrError } from '../core/model/error.ts';
import {
  durationFlag,
  invalidFlag,
  logLevelOf,
  logOptions,
  sayInOneLine,
} from '../kube/program/read-flags.ts';

/** The command line of dr-controller, checked. */
export type ControllerFlags = {
  driverName: string;
  csiAddonsAddress: string;
  kubeconfig: string | undefined;
  context: string | undefined;
  namespace: string;
  peerKubeconfig: string | undefined;
  peerContext: string | undefined;
  forcePromote: 'auto' | 'consent' | 'upstream';
  rpcTimeoutMs: number;
  pollMs: number | undefined;
  resyncPollMs: number;
  workers: number;
  leaderElection: boolean;
  leaderElectionNamespace: string | undefined;
  leaseDurationMs: number;
  renewDeadlineMs: number;
  retryPeriodMs: number;
  metricsBindAddress: string;
  healthProbeBindAddress: string;
  logLevel: string;
};

const options = {
  'driver-name': {
    type: 'string',
    demandOption: true,
    describe: 'CSI driver served; classes of other provisioners are left alone',
  },
  'csi-addons-address': {
    type: 'string',
    default: 'unix:///run/csi-addons/socket',
    describe: "The driver's csi-addons socket",
  },
  kubeconfig: {
    type: 'string',
    describe: 'Kubeconfig file; in a pod its service account is used without one',
  },
  context: { type: 'string', describe: 'Kubeconfig context' },
  namespace: { type: 'string', default: '', describe: 'Watch this namespace only; all where empty' },
  'peer-kubeconfig': { type: 'string', describe: 'Kubeconfig of the other site' },
  'peer-context': {
    type: 'string',
    describe: 'Context of the other site (in --kubeconfig without --peer-kubeconfig)',
  },
  'force-promote': {
    type: 'string',
    choices: ['auto', 'consent', 'upstream'] as const,
    default: 'auto' as const,
    describe:
      'Force a refused promote: with consent only, at once as kubernetes-csi-addons does (no peer is asked before a promote then), or auto: consent where a peer is configured',
  },
  'rpc-timeout': { type: 'string', default: '3m', describe: 'Deadline of a driver call' },
  'sync-info-interval': {
    type: 'string',
    default: '0',
    describe: "How often sync information is read while primary; 0: by the class's schedulingInterval",
  },
  'resync-interval': {
    type: 'string',
    default: '30s',
    describe: 'How often a secondary is looked at that is not in sync',
  },
  workers: { type: 'number', default: 100, describe: 'Volumes worked on at a time' },
  'leader-election': { type: 'boolean', default: false, describe: 'Work only while holding a Lease' },
  'leader-election-namespace': {
    type: 'string',
    describe: "Namespace of the Lease; the context's by default",
  },
  'leader-election-lease-duration': {
    type: 'string',
    default: '15s',
    describe: 'How long others wait for us',
  },
  'leader-election-renew-deadline': {
    type: 'string',
    default: '10s',
    describe: 'How long renewing is tried',
  },
  'leader-election-retry-period': { type: 'string', default: '5s', describe: 'Pause between attempts' },
  'metrics-bind-address': { type: 'string', default: '0', describe: 'host:port of /metrics; 0 for none' },
  'health-probe-bind-address': {
    type: 'string',
    default: '0',
    describe: 'host:port of /healthz and /readyz; 0 for none',
  },
  ...logOptions,
} as const;

const program = 'dr-controller';

const invalid = (message: string): DrError => invalidFlag(program, message);

const milliseconds = (flag: string, text: string): number => durationFlag(program, flag, text);

const addressOf = (text: string): string => {
  if (/^unix:\/\/\/.+/.test(text)) return text;
  if (text.startsWith('/')) return `unix://${text}`;
  throw invalid(`--csi-addons-address: "${text}" is not unix:///path`);
};

/**
 * Parses the arguments after the program's name; undefined when help or version was printed.
 * Throws `FlagInvalid` for what cannot be honoured, unknown flags among it.
 */
export const parseFlags = async (
  args: readonly string[],
  { version, print }: { version: string; print: (text: string) => void },
): Promise<ControllerFlags | undefined> => {
  let printed = '';
  const parser = yargs()
    .scriptName(program)
    .usage(
      '$0 --driver-name NAME [flags]\n\nActs on VolumeReplication through the csi-addons gRPC of one driver.',
    )
    .options(options)
    .strict()
    .parserConfiguration({ 'boolean-negation': false })
    .version(version)
    .wrap(110)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? invalid(sayInOneLine(message));
    });
  const flags = await parser.parseAsync(args, {}, (_error: unknown, _argv: unknown, output: string) => {
    printed = output;
  });
  if (printed !== '') {
    print(`${printed}\n`);
    return undefined;
  }
  const repeated = Object.keys(options).find((name) => Array.isArray(flags[name as keyof typeof flags]));
  if (repeated !== undefined) throw invalid(`--${repeated} is given more than once`);
  if (flags.driverName === '') throw invalid('--driver-name names no driver');
  const pollMs = milliseconds('sync-info-interval', flags.syncInfoInterval);
  const resyncPollMs = milliseconds('resync-interval', flags.resyncInterval);
  if (resyncPollMs === 0) throw invalid('--resync-interval: give a duration above zero');
  if (!Number.isInteger(flags.workers) || flags.workers < 1)
    throw invalid('--workers: give a whole number, 1 or more');
  const lease = {
    leaseDurationMs: milliseconds('leader-election-lease-duration', flags.leaderElectionLeaseDuration),
    renewDeadlineMs: milliseconds('leader-election-renew-deadline', flags.leaderElectionRenewDeadline),
    retryPeriodMs: milliseconds('leader-election-retry-period', flags.leaderElectionRetryPeriod),
  };
  if (lease.leaseDurationMs <= lease.renewDeadlineMs || lease.renewDeadlineMs <= lease.retryPeriodMs) {
    throw invalid(
      '--leader-election-*: the lease must be longer than the renew deadline, and that longer than the retry period',
    );
  }
  return {
    driverName: flags.driverName,
    csiAddonsAddress: addressOf(flags.csiAddonsAddress),
    kubeconfig: flags.kubeconfig,
    context: flags.context,
    namespace: flags.namespace,
    peerKubeconfig: flags.peerKubeconfig,
    peerContext: flags.peerContext,
    forcePromote: flags.forcePromote,
    rpcTimeoutMs: milliseconds('rpc-timeout', flags.rpcTimeout),
    pollMs: pollMs === 0 ? undefined : pollMs,
    resyncPollMs,
    workers: flags.workers,
    leaderElection: flags.leaderElection,
    leaderElectionNamespace: flags.leaderElectionNamespace,
    ...lease,
    metricsBindAddress: flags.metricsBindAddress,
    healthProbeBindAddress: flags.healthProbeBindAddress,
    logLevel: logLevelOf(flags.logLevel, flags.v),
  };
};
