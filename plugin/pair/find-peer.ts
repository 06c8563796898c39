/** Places that may name the other site, as they were read; the first that does wins. */
export type PeerSources = {
  /** `--peer-context`. */
  readonly flag: string | undefined;
  /** `KUBECTL_DR_PEER_CONTEXT`. */
  readonly environment: string | undefined;
  /** `peers` of `~/.config/kubectl-dr/config.yaml`: context to context. */
  readonly configured: Readonly<Record<string, string>>;
  /** The extension `kubectl-dr.dev/peer` of the context in the kubeconfig. */
  readonly extension: unknown;
};

const contextIn = (extension: unknown): string | undefined => {
  if (typeof extension !== 'object' || extension === null || !('context' in extension)) return undefined;
  return typeof extension.context === 'string' ? extension.context : undefined;
};

/** The context of the other site; undefined where none is known. A site is never its own peer. */
export const findPeerContext = (context: string, sources: PeerSources): string | undefined =>
  [sources.flag, sources.environment, sources.configured[context], contextIn(sources.extension)].find(
    (candidate) => candidate !== undefined && candidate !== '' && candidate !== context,
  );
