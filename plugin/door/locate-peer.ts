import { DrError } from '../../core/model/error.ts';
import {
  contextExtension,
  type Kubeconfig,
  loadKubeconfig,
  type ResolvedContext,
  resolveContext,
} from '../../kube/kubeconfig.ts';
import type { Io } from '../io.ts';
import { type PeerPlace, type PeerSources, peerPlaces } from '../pair/find-peer.ts';
import { usageError } from '../usage-error.ts';

/** A context in a kubeconfig that was read. */
export type Located = {
  readonly kubeconfig: Kubeconfig;
  readonly resolved: ResolvedContext;
  /** The file that was named for it; undefined: what `KUBECONFIG` and the like lead to. */
  readonly file: string | undefined;
};

/** Names the context of the other site in a context of the kubeconfig. */
const peerExtension = 'kubectl-dr.dev/peer';

/** All places but the extension, which is the site's own. */
export type SharedSources = Omit<PeerSources, 'extension'>;

type Reads = Pick<Io, 'env' | 'home'>;

/** Reads a context, of a file where one is named. Throws a `DrError` where either is not there. */
export const locate = (
  { kubeconfig: file, context }: PeerPlace,
  { env, home }: Reads,
  ownerFlag: string,
): Located => {
  try {
    const kubeconfig = loadKubeconfig({ env, home, kubeconfig: file });
    return { kubeconfig, resolved: resolveContext(kubeconfig, context), file };
  } catch (error) {
    if (!(error instanceof DrError) || error.code !== 'KubeconfigNotFound' || file === undefined) throw error;
    throw new DrError({ code: error.code, message: error.message, hint: `name one with ${ownerFlag}` });
  }
};

/** Two ways to one API server are one site, whatever their files and contexts are called. */
const isSameSite = (one: Located, other: Located): boolean =>
  one.resolved.cluster.server === other.resolved.cluster.server;

const resolvePlace = (here: Located, place: PeerPlace, reads: Reads): Located =>
  place.kubeconfig === undefined
    ? {
        kubeconfig: here.kubeconfig,
        resolved: resolveContext(here.kubeconfig, place.context),
        file: here.file,
      }
    : locate(place, reads, '--peer-kubeconfig');

const placesFrom = (here: Located, sources: SharedSources): readonly PeerPlace[] => {
  const { context } = here.resolved;
  return peerPlaces(context.name, { ...sources, extension: contextExtension(context, peerExtension) });
};

/** The other site of a pair; undefined where none is known. Throws a `DrError` where what names it is at fault. */
export const locatePeer = (here: Located, sources: SharedSources, reads: Reads): Located | undefined => {
  for (const place of placesFrom(here, sources)) {
    const found = resolvePlace(here, place, reads);
    // Of contexts in one file a person may have several for a server, as several users.
    if (place.kubeconfig === undefined || !isSameSite(found, here)) return found;
    if (place.kubeconfig === sources.flag.kubeconfig)
      throw usageError(
        `--peer-kubeconfig=${place.kubeconfig} leads to the site itself`,
        'name the kubeconfig of the other site',
      );
  }
  return undefined;
};

const findsWithout = (from: Located, other: Located, sources: SharedSources, reads: Reads): boolean => {
  const withoutFlags = { ...sources, flag: { context: undefined, kubeconfig: undefined } };
  try {
    const found = locatePeer(from, withoutFlags, reads);
    return found !== undefined && isSameSite(found, other);
  } catch {
    return false;
  }
};

/** The one file that a context can be read of by itself. */
const fileOf = ({ kubeconfig, resolved, file }: Located, reads: Reads): string | undefined =>
  file ??
  kubeconfig.files.find((candidate) => {
    try {
      const { cluster } = locate(
        { kubeconfig: candidate, context: resolved.context.name },
        reads,
        '',
      ).resolved;
      return cluster.server === resolved.cluster.server;
    } catch {
      return false;
    }
  });

/** The flags that a command needs which starts at one site to find the other; undefined where it finds it by itself. */
export const flagsToPeer = (
  from: Located,
  other: Located,
  sources: SharedSources,
  reads: Reads,
): readonly string[] | undefined => {
  if (findsWithout(from, other, sources, reads)) return undefined;
  const context = ['--peer-context', other.resolved.context.name];
  if (from.kubeconfig === other.kubeconfig && !reads.env['KUBECTL_DR_PEER_KUBECONFIG']) return context;
  const file = fileOf(other, reads);
  return file === undefined ? context : ['--peer-kubeconfig', file, ...context];
};

/** `10.0.0.1:6443`. */
const addressOf = ({ resolved }: Located): string =>
  resolved.cluster.server.replace(/^https?:\/\//, '').replace(/\/$/, '');

/**
 * What the two sites are called: as their contexts, unless these are called the same, as where kubeadm wrote both files. Then by the
 * address of the server, which is the same from wherever it is looked at.
 */
export const namesOf = (here: Located, there: Located | undefined): readonly [string, string] => {
  const [one, other] = [here, there ?? here].map((it) => it.resolved.context.name) as [string, string];
  return there === undefined || one !== other ? [one, other] : [addressOf(here), addressOf(there)];
};
