// The only way from the plugin to the room that talks to clusters. Loaded when a command needs one, never for help.
import type { SiteName } from '../../core/status/snapshot.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { connect } from '../../kube/connect.ts';
import { contextExtension, type Kubeconfig, loadKubeconfig, resolveContext } from '../../kube/kubeconfig.ts';
import type { ClusterFlags } from '../flags/cluster-flags.ts';
import type { Io } from '../io.ts';
import { readConfiguredPeers } from '../pair/config-file.ts';
import { findPeerContext } from '../pair/find-peer.ts';
import { usageError } from '../usage-error.ts';
import { logRequests, requestsFrom } from './log-requests.ts';

/** Which clusters, as whom, how long to wait for one request, and how much to tell. */
export type ClusterOptions = Omit<ClusterFlags, 'request-timeout'> & {
  readonly requestTimeoutMs: number;
  /** `-v`. */
  readonly v: number;
  /** Connections to each site; 2 where left out. */
  readonly maxSockets?: number;
};

/** One site: how it is named, and the way to it. */
export type Site = SiteName & { readonly cluster: Cluster };

/** The site that was asked for, and its peer where one is known. */
export type Sites = {
  readonly here: Site;
  readonly there: Site | undefined;
  /** API requests sent to both so far. */
  readonly requestCount: () => number;
};

/** Names the context of the other site in a context of the kubeconfig. */
const peerExtension = 'kubectl-dr.dev/peer';

/** A handshake costs more than a request: few connections are faster than many. */
const fewSockets = 2;

const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Prints each text of the servers once, as kubectl does. */
const warnOnce = (io: Io): ((text: string) => void) => {
  const said = new Set<string>();
  return (text) => {
    if (said.has(text)) return;
    said.add(text);
    io.stderr.line(`Warning: ${text}`);
  };
};

const openSite = (
  kubeconfig: Kubeconfig,
  context: string,
  flags: ClusterOptions,
  shared: { io: Io; onWarning: (text: string) => void; onRequest: () => void },
): Site => {
  const file = flags.kubeconfig === undefined ? '' : ` --kubeconfig ${shellWord(flags.kubeconfig)}`;
  const impersonate = {
    ...(flags.as === undefined ? {} : { user: flags.as }),
    ...(flags['as-group'] === undefined ? {} : { groups: flags['as-group'] }),
  };
  const cluster = connect({
    kubeconfig,
    context,
    requestTimeoutMs: flags.requestTimeoutMs,
    ...(Object.keys(impersonate).length > 0 && { impersonate }),
    maxSockets: flags.maxSockets ?? fewSockets,
    onWarning: shared.onWarning,
    onRequest: shared.onRequest,
    userAgent: `kubectl-dr/${shared.io.version}`,
    env: shared.io.env,
    now: shared.io.now,
    random: shared.io.random,
  });
  const log = (line: string) => shared.io.stderr.line(line);
  const told = flags.v >= requestsFrom ? logRequests(cluster, log, shared.io.now) : cluster;
  return { name: context, context, kubectl: `kubectl${file} --context ${shellWord(context)}`, cluster: told };
};

/**
 * Opens the site of the chosen context and its peer; nothing is sent yet. Throws a `DrError` where the kubeconfig or a
 * context is at fault.
 */
export const openSites = async (flags: ClusterOptions, io: Io): Promise<Sites> => {
  const kubeconfig = loadKubeconfig({ env: io.env, home: io.home, kubeconfig: flags.kubeconfig });
  const { context } = resolveContext(kubeconfig, flags.context);
  if (flags['peer-context'] === context.name)
    throw usageError(
      `--peer-context=${context.name} is the site itself`,
      'name the context of the other site',
    );
  const peer = findPeerContext(context.name, {
    flag: flags['peer-context'],
    environment: io.env['KUBECTL_DR_PEER_CONTEXT'],
    configured: await readConfiguredPeers(io),
    extension: contextExtension(context, peerExtension),
  });
  let requests = 0;
  const onRequest = () => {
    requests += 1;
  };
  const shared = { io, onWarning: warnOnce(io), onRequest };
  return {
    here: openSite(kubeconfig, context.name, flags, shared),
    there: peer === undefined ? undefined : openSite(kubeconfig, peer, flags, shared),
    requestCount: () => requests,
  };
};

/** Lets go of all connections. */
export const closeSites = ({ here, there }: Pick<Sites, 'here' | 'there'>): void => {
  here.cluster.close();
  there?.cluster.close();
};
