import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { DrError, messageOf } from '../core/model/error.ts';
import { type KubeconfigDocument, parseKubeconfigDocument } from './kubeconfig-document.ts';
import type { KubeconfigCluster, KubeconfigContext, KubeconfigUser } from './kubeconfig-entry.ts';

/** All kubeconfig files merged as kubectl merges them: of entries with one name the first file's wins. */
export type Kubeconfig = {
  /** The files that were read, in order; empty in a pod. */
  files: readonly string[];
  currentContext: string | undefined;
  contexts: readonly KubeconfigContext[];
  clusters: readonly KubeconfigCluster[];
  users: readonly KubeconfigUser[];
};

/** What one context leads to. */
export type ResolvedContext = {
  context: KubeconfigContext;
  cluster: KubeconfigCluster & { server: string };
  user: KubeconfigUser;
};

const invalid = (message: string): DrError =>
  new DrError({
    code: 'KubeconfigInvalid',
    message,
    hint: 'correct the file, or name another one with --kubeconfig',
  });

const namesOf = (files: readonly string[]): string => files.join(', ') || 'the kubeconfig';

const readDocument = (path: string): KubeconfigDocument => {
  try {
    return parseKubeconfigDocument(readFileSync(path, 'utf8'), { path, directory: dirname(resolve(path)) });
  } catch (error) {
    if (error instanceof DrError) throw error;
    throw invalid(`kubeconfig ${path} cannot be read: ${messageOf(error)}`);
  }
};

const firstWins = <T extends { name: string }>(entries: T[]): T[] => {
  const byName = new Map<string, T>();
  for (const entry of entries) {
    if (!byName.has(entry.name)) byName.set(entry.name, entry);
  }
  return [...byName.values()];
};

const absence = (candidates: readonly string[]): string => {
  if (candidates.length === 0) return 'HOME is not set';
  return `${candidates.join(', ')} ${candidates.length > 1 ? 'do' : 'does'} not exist`;
};

/**
 * Reads the kubeconfig that kubectl would read: `--kubeconfig`, else the files of `KUBECONFIG` (missing ones are passed
 * over), else `~/.kube/config`.
 *
 * Throws `KubeconfigNotFound` when there is none, and `KubeconfigInvalid` with file and line when one cannot be understood.
 */
export const loadKubeconfig = (options: {
  env: Readonly<Record<string, string | undefined>>;
  /** The home directory; undefined where there is none. */
  home: string | undefined;
  /** `--kubeconfig`: this file alone, and it must exist. */
  kubeconfig?: string | undefined;
}): Kubeconfig => {
  const { env, home, kubeconfig } = options;
  const candidates = kubeconfig
    ? [kubeconfig]
    : env['KUBECONFIG']
      ? [...new Set(env['KUBECONFIG'].split(delimiter).filter((file) => file !== ''))]
      : home === undefined
        ? []
        : [join(home, '.kube', 'config')];
  const files = candidates.filter((file) => existsSync(file));
  if (files.length === 0) {
    throw new DrError({
      code: 'KubeconfigNotFound',
      message: `no kubeconfig found: ${absence(candidates)}`,
      hint: 'name one with --kubeconfig or KUBECONFIG',
    });
  }
  const documents = files.map(readDocument);
  return {
    files,
    currentContext: documents.map((document) => document.currentContext).find((name) => name !== undefined),
    contexts: firstWins(documents.flatMap((document) => document.contexts)),
    clusters: firstWins(documents.flatMap((document) => document.clusters)),
    users: firstWins(documents.flatMap((document) => document.users)),
  };
};

const anonymous: KubeconfigUser = {
  name: '',
  directory: '',
  clientCertificate: undefined,
  clientKey: undefined,
  token: undefined,
  tokenFile: undefined,
  username: undefined,
  password: undefined,
  impersonate: { user: undefined, uid: undefined, groups: [], extra: {} },
  exec: undefined,
  authProvider: undefined,
};

const findContext = (kubeconfig: Kubeconfig, name: string | undefined): KubeconfigContext => {
  const wanted = name ?? kubeconfig.currentContext;
  const found = kubeconfig.contexts.find((context) => context.name === wanted);
  if (found !== undefined) return found;
  const others = kubeconfig.contexts.map((context) => context.name).join(', ');
  throw new DrError({
    code: 'ContextNotFound',
    message:
      wanted === undefined
        ? `no context is chosen: ${namesOf(kubeconfig.files)} has no current-context`
        : `context "${wanted}" does not exist in ${namesOf(kubeconfig.files)}`,
    hint: others === '' ? 'the kubeconfig holds no context' : `contexts there: ${others}`,
  });
};

/**
 * Follows a context (the current one by default) to its cluster and user.
 * Throws `ContextNotFound`, which lists the contexts there are, or `KubeconfigInvalid`.
 */
export const resolveContext = (kubeconfig: Kubeconfig, name?: string | undefined): ResolvedContext => {
  const context = findContext(kubeconfig, name);
  const cluster = kubeconfig.clusters.find((entry) => entry.name === context.cluster);
  if (cluster === undefined) {
    throw invalid(
      `context "${context.name}" names cluster "${context.cluster ?? ''}", which is not in ${namesOf(kubeconfig.files)}`,
    );
  }
  if (cluster.server === undefined) throw invalid(`cluster "${cluster.name}" has no server`);
  if (cluster.insecureSkipTlsVerify && cluster.certificateAuthority !== undefined) {
    throw invalid(
      `cluster "${cluster.name}" has both certificate-authority and insecure-skip-tls-verify: only one can hold`,
    );
  }
  const user =
    context.user === undefined ? anonymous : kubeconfig.users.find((entry) => entry.name === context.user);
  if (user === undefined) {
    throw invalid(
      `context "${context.name}" names user "${context.user}", which is not in ${namesOf(kubeconfig.files)}`,
    );
  }
  return { context, cluster: { ...cluster, server: cluster.server }, user };
};

/** The extension of a context by its name, e.g. `kubectl-dr.dev/peer`; undefined where there is none. */
export const contextExtension = (context: KubeconfigContext, name: string): unknown =>
  context.extensions.find((entry) => entry.name === name)?.extension;
