import { listFlag, textFlag } from './flag.ts';

const group = 'Clusters';

/** Flags of every command that talks to clusters, named as kubectl names them. */
export const clusterFlags = {
  kubeconfig: textFlag('Path of the kubeconfig; else KUBECONFIG, else ~/.kube/config', { group }),
  context: textFlag('Context of the site to start from; else the current context', { group }),
  'peer-context': textFlag(
    'Context of the other site; else KUBECTL_DR_PEER_CONTEXT, ~/.config/kubectl-dr/config.yaml, or what the kubeconfig says',
    { group },
  ),
  'peer-kubeconfig': textFlag(
    'Kubeconfig of the other site, where it has one of its own; else KUBECTL_DR_PEER_KUBECONFIG',
    { group },
  ),
  'request-timeout': textFlag('How long to wait for one request: 5s, 1m30s; 0 waits forever', {
    group,
    default: '10s',
  }),
  as: textFlag('Act as this user', { group }),
  'as-group': listFlag('Act as a member of this group; may be repeated', { group }),
} as const;

/** The values of `clusterFlags` as parsed. */
export type ClusterFlags = {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  'peer-context'?: string | undefined;
  'peer-kubeconfig'?: string | undefined;
  'request-timeout': string;
  as?: string | undefined;
  'as-group'?: string[] | undefined;
};
