import { DrError } from '../../core/model/error.ts';
import type { Cluster } from '../cluster.ts';
import { type ConnectOptions, connect } from '../connect.ts';
import { inClusterKubeconfig } from '../in-cluster.ts';
import { type Kubeconfig, loadKubeconfig } from '../kubeconfig.ts';

/** Which clusters a program works with, as its flags name them. */
export type SiteFlags = {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly peerKubeconfig: string | undefined;
  readonly peerContext: string | undefined;
};

type Environment = Readonly<Record<string, string | undefined>>;

const isInPod = (env: Environment): boolean => Boolean(env['KUBERNETES_SERVICE_HOST']);

const kubeconfigOf = (flags: SiteFlags, env: Environment): Kubeconfig => {
  const isNamed = flags.kubeconfig !== undefined || flags.context !== undefined || Boolean(env['KUBECONFIG']);
  if (!isNamed && isInPod(env)) return inClusterKubeconfig({ env });
  return loadKubeconfig({ env, home: env['HOME'], kubeconfig: flags.kubeconfig });
};

const peerKubeconfigOf = (flags: SiteFlags, env: Environment): Kubeconfig | undefined => {
  if (flags.peerKubeconfig !== undefined) {
    return loadKubeconfig({ env, home: env['HOME'], kubeconfig: flags.peerKubeconfig });
  }
  if (flags.peerContext === undefined) return undefined;
  return loadKubeconfig({ env, home: env['HOME'], kubeconfig: flags.kubeconfig });
};

/**
 * Connects to the cluster the program works in, and to the peer where one is named.
 * Throws `KubeconfigNotFound`, `KubeconfigInvalid`, `ContextNotFound`, or `FlagInvalid` when both are the same server.
 */
export const connectSites = (
  flags: SiteFlags,
  env: Environment,
  common: Pick<ConnectOptions, 'userAgent' | 'onWarning'>,
): { cluster: Cluster; peer: Cluster | undefined } => {
  const options = { ...common, env, maxSockets: 32 };
  const cluster = connect({ ...options, kubeconfig: kubeconfigOf(flags, env), context: flags.context });
  const peerKubeconfig = peerKubeconfigOf(flags, env);
  if (peerKubeconfig === undefined) return { cluster, peer: undefined };
  const peer = connect({ ...options, kubeconfig: peerKubeconfig, context: flags.peerContext });
  if (peer.server === cluster.server) {
    throw new DrError({
      code: 'FlagInvalid',
      message: `the peer is this cluster itself: both are ${cluster.server}`,
      hint: 'name the other site with --peer-kubeconfig and --peer-context',
    });
  }
  return { cluster, peer };
};
