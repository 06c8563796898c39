import type { Site, Sites } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import { usageError } from '../usage-error.ts';
import type { RestoreRequest } from './parse-restore-flags.ts';
import type { RestoreFlags } from './restore-flags.ts';

/** The site that is restored to, and the connections to let go of. */
export type OpenTarget = { readonly target: Site; readonly sites: Sites };

/** Connections for writing; a handshake costs more than a request, so not one for each volume. */
const mostSockets = 16;

/**
 * Opens the site that `--to` names, else the peer of the site that the user is at. Never that site itself, unless it is named: a
 * restore onto the site of the backup is a slip. Nothing is sent yet.
 */
export const openTarget = async (
  flags: RestoreFlags,
  { requestTimeoutMs, parallel }: RestoreRequest,
  io: Io,
): Promise<OpenTarget> => {
  const { openSites } = await import('../door/clusters.ts');
  const options = { ...flags, requestTimeoutMs, maxSockets: Math.min(parallel, mostSockets) };
  if (flags.to !== undefined) {
    // The target is named: who its peer is does not matter, and its context is one of the file that is the other site's.
    const { 'peer-context': _, 'peer-kubeconfig': file, ...rest } = options;
    const kubeconfig = file ?? rest.kubeconfig;
    const sites = await openSites({ ...rest, kubeconfig, context: flags.to }, io);
    return { target: sites.here, sites };
  }
  const sites = await openSites(options, io);
  if (sites.there === undefined)
    throw usageError(
      `${sites.here.name} has no known peer to restore to`,
      'name the target with --to CONTEXT',
    );
  return { target: sites.there, sites };
};
