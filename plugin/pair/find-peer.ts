/** Where the other site is: a context, in a kubeconfig of its own where one is named. */
export type PeerPlace = {
  /** Undefined: the current context of `kubeconfig`. */
  readonly context: string | undefined;
  /** A file; undefined: the kubeconfig of the site itself. */
  readonly kubeconfig: string | undefined;
};

/** Places that may name the other site, as they were read; the first that does wins. */
export type PeerSources = {
  /** `--peer-context`, `--peer-kubeconfig`. */
  readonly flag: PeerPlace;
  /** `KUBECTL_DR_PEER_CONTEXT`, `KUBECTL_DR_PEER_KUBECONFIG`. */
  readonly environment: PeerPlace;
  /** `peers` of `~/.config/kubectl-dr/config.yaml`, by the context of the site. */
  readonly configured: Readonly<Record<string, PeerPlace>>;
  /** The extension `kubectl-dr.dev/peer` of the context in the kubeconfig. */
  readonly extension: unknown;
};

/** Named by nobody. */
export const nowhere: PeerPlace = { context: undefined, kubeconfig: undefined };

const placeIn = (extension: unknown): PeerPlace => {
  if (typeof extension !== 'object' || extension === null || !('context' in extension)) return nowhere;
  return { ...nowhere, context: typeof extension.context === 'string' ? extension.context : undefined };
};

const given = ({ context, kubeconfig }: PeerPlace): PeerPlace => ({
  context: context || undefined,
  kubeconfig: kubeconfig || undefined,
});

/** A context that is given by flag is looked up in the file of the environment, where one is named there. */
const byFlag = ({ flag, environment }: PeerSources): PeerPlace => {
  const { context, kubeconfig } = given(flag);
  const isGiven = context !== undefined || kubeconfig !== undefined;
  return { context, kubeconfig: kubeconfig ?? (isGiven ? given(environment).kubeconfig : undefined) };
};

/** The places of the other site in the order in which they count. A site is never its own peer. */
export const peerPlaces = (context: string, sources: PeerSources): readonly PeerPlace[] =>
  [
    byFlag(sources),
    given(sources.environment),
    given(sources.configured[context] ?? nowhere),
    placeIn(sources.extension),
  ].filter((place) =>
    place.kubeconfig === undefined
      ? place.context !== undefined && place.context !== '' && place.context !== context
      : true,
  );
