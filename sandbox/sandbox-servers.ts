import { join } from 'node:path';
import { DrError } from '../core/model/error.ts';
import type { SiteCertificates } from './certificates.ts';
import type { StartChild } from './child-process.ts';
import type { Log } from './cluster-controllers/runtime/work-queue.ts';
import { type SandboxSettings, type SandboxSite, siteNames } from './control-protocol.ts';
import { startEmbeddedServer } from './site/embedded-server.ts';
import { startRealServer } from './site/real-server.ts';
import type { SiteServer } from './site/site-server.ts';

export type ServersOptions = {
  settings: SandboxSettings;
  /** Directory of etcd and kube-apiserver; undefined for the embedded servers. */
  binaries: string | undefined;
  runDirectory: string;
  stateDirectory: string | undefined;
  /** Ports of the run before. */
  formerPorts: readonly [number, number];
  certificates: readonly [SiteCertificates, SiteCertificates];
  startChild: StartChild;
  env: Readonly<Record<string, string | undefined>>;
  now: () => number;
  log: Log;
  signal: AbortSignal;
};

const startServer = (options: ServersOptions, index: 0 | 1, port: number): Promise<SiteServer> => {
  const { binaries, runDirectory, stateDirectory, startChild, env, signal } = options;
  const site: SandboxSite = siteNames[index];
  const common = {
    site,
    port,
    certificates: options.certificates[index],
    directory: join(stateDirectory ?? runDirectory, site),
    keepsState: stateDirectory !== undefined,
  };
  if (binaries === undefined) {
    const log = (message: string): void => options.log('error', `${site}: ${message}`);
    return startEmbeddedServer({ ...common, now: options.now, log });
  }
  const places = { binaries, socketDirectory: runDirectory, logDirectory: runDirectory };
  return startRealServer({ ...common, ...places, startChild, env, signal });
};

/** A port that was asked for must be had; one of the run before is only preferred. */
const startOnPort = async (options: ServersOptions, index: 0 | 1): Promise<SiteServer> => {
  const asked = options.settings.ports[index];
  const former = options.formerPorts[index];
  if (asked !== 0 || former === 0) return startServer(options, index, asked);
  try {
    return await startServer(options, index, former);
  } catch (thrown) {
    if (!(thrown instanceof DrError) || thrown.code !== 'PortInUse') throw thrown;
    return startServer(options, index, 0);
  }
};

/** Starts the API servers of both sites side by side. When one fails, the other is ended. */
export const startServers = async (options: ServersOptions): Promise<[SiteServer, SiteServer]> => {
  const [first, second] = await Promise.allSettled([startOnPort(options, 0), startOnPort(options, 1)]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  for (const result of [first, second]) if (result.status === 'fulfilled') await result.value.close();
  throw first.status === 'rejected' ? first.reason : second.status === 'rejected' ? second.reason : undefined;
};
