// The only way from the plugin to the room that talks to clusters. Loaded when a command needs one, never for help.
import type { SiteName } from '../../core/status/snapshot.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { connect } from '../../kube/connect.ts';
import type { ClusterFlags } from '../flags/cluster-flags.ts';
import type { Io } from '../io.ts';
import { readConfiguredPeers } from '../pair/config-file.ts';
import { usageError } from '../usage-error.ts';
import { flagsToPeer, type Located, locate, locatePeer, namesOf, type SharedSources } from './locate-peer.ts';
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

type Shared = {
  readonly flags: ClusterOptions;
  readonly io: Io;
  readonly onWarning: (text: string) => void;
  readonly onRequest: () => void;
};

const openSite = (
  { kubeconfig, resolved, file }: Located,
  { name, peerFlags }: { name: string; peerFlags: readonly string[] | undefined },
  { flags, io, onWarning, onRequest }: Shared,
): Site => {
  const context = resolved.context.name;
  const ofFile = file === undefined ? '' : ` --kubeconfig ${shellWord(file)}`;
  const impersonate = {
    ...(flags.as === undefined ? {} : { user: flags.as }),
    ...(flags['as-group'] === undefined ? {} : { groups: flags['as-group'] }),
  };
  const cluster = connect({
    kubeconfig,
    context,
    name,
    requestTimeoutMs: flags.requestTimeoutMs,
    ...(Object.keys(impersonate).length > 0 && { impersonate }),
    maxSockets: flags.maxSockets ?? fewSockets,
    onWarning,
    onRequest,
    userAgent: `kubectl-dr/${io.version}`,
    env: io.env,
    now: io.now,
    random: io.random,
  });
  const log = (line: string) => io.stderr.line(line);
  const told = flags.v >= requestsFrom ? logRequests(cluster, log, io.now) : cluster;
  return {
    name,
    context: name,
    kubectl: `kubectl${ofFile} --context ${shellWord(context)}`,
    ...(peerFlags !== undefined && { peerFlags: peerFlags.map(shellWord).join(' ') }),
    cluster: told,
  };
};

const readSources = async (flags: ClusterOptions, io: Io): Promise<SharedSources> => ({
  flag: { context: flags['peer-context'], kubeconfig: flags['peer-kubeconfig'] },
  environment: {
    context: io.env['KUBECTL_DR_PEER_CONTEXT'],
    kubeconfig: io.env['KUBECTL_DR_PEER_KUBECONFIG'],
  },
  configured: await readConfiguredPeers(io),
});

/**
 * Opens the site of the chosen context and its peer; nothing is sent yet. Throws a `DrError` where a kubeconfig or a
 * context is at fault.
 */
export const openSites = async (flags: ClusterOptions, io: Io): Promise<Sites> => {
  const own = { kubeconfig: flags.kubeconfig, context: flags.context };
  const here = locate(own, io, '--kubeconfig or KUBECONFIG');
  const context = here.resolved.context.name;
  const sources = await readSources(flags, io);
  const peerFile = sources.flag.kubeconfig || sources.environment.kubeconfig;
  if (flags['peer-context'] === context && !peerFile)
    throw usageError(`--peer-context=${context} is the site itself`, 'name the context of the other site');
  const there = locatePeer(here, sources, io);
  let requests = 0;
  const onRequest = () => {
    requests += 1;
  };
  const shared = { flags, io, onWarning: warnOnce(io), onRequest };
  const [nameHere, nameThere] = namesOf(here, there);
  const flagsFrom = (from: Located, other: Located | undefined) =>
    other && flagsToPeer(from, other, sources, io);
  return {
    here: openSite(here, { name: nameHere, peerFlags: flagsFrom(here, there) }, shared),
    there: there && openSite(there, { name: nameThere, peerFlags: flagsFrom(there, here) }, shared),
    requestCount: () => requests,
  };
};

/** Lets go of all connections. */
export const closeSites = ({ here, there }: Pick<Sites, 'here' | 'there'>): void => {
  here.cluster.close();
  there?.cluster.close();
};
