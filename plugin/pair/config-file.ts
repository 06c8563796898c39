import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DrError, messageOf } from '../../core/model/error.ts';
import type { Io } from '../io.ts';
import { nowhere, type PeerPlace } from './find-peer.ts';

/** Where the user's own settings are: `$XDG_CONFIG_HOME/kubectl-dr/config.yaml`, else below `~/.config`. */
export const configPath = ({ env, home }: Pick<Io, 'env' | 'home'>): string | undefined => {
  const base = env['XDG_CONFIG_HOME'] || (home === undefined ? undefined : join(home, '.config'));
  return base === undefined ? undefined : join(base, 'kubectl-dr', 'config.yaml');
};

const invalid = (path: string, what: string): DrError =>
  new DrError({
    code: 'ConfigInvalid',
    message: `${path}: ${what}`,
    hint: 'write "peers:" with one "context: other-context" per line, or "context: {kubeconfig: FILE, context: other-context}"',
  });

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One entry: the name of a context, or a file with the context in it. Undefined where it is neither. */
const placeOf = (entry: unknown, directory: string, home: string | undefined): PeerPlace | undefined => {
  if (typeof entry === 'string') return { ...nowhere, context: entry };
  if (!isMap(entry)) return undefined;
  const { context, kubeconfig, ...others } = entry;
  const isText = [context, kubeconfig].every((it) => it === undefined || typeof it === 'string');
  if (!isText || typeof kubeconfig !== 'string' || Object.keys(others).length > 0) return undefined;
  const file =
    kubeconfig.startsWith('~/') && home !== undefined ? join(home, kubeconfig.slice(2)) : kubeconfig;
  return { context: context as string | undefined, kubeconfig: resolve(directory, file) };
};

/** The text of a file; undefined where there is none. */
const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw invalid(path, messageOf(error));
  }
};

/** `peers` of the user's settings: which context is the other site of which. Empty where there is no such file. */
export const readConfiguredPeers = async (
  io: Pick<Io, 'env' | 'home'>,
): Promise<Readonly<Record<string, PeerPlace>>> => {
  const path = configPath(io);
  const text = path === undefined ? undefined : readIfThere(path);
  if (path === undefined || text === undefined) return {};
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw invalid(path, error.message.split('\n')[0] ?? 'not YAML');
  const content: unknown = document.toJS();
  if (content === null) return {};
  const peers: unknown = typeof content === 'object' && 'peers' in content ? content.peers : {};
  const strange = invalid(path, '"peers" does not map contexts to contexts');
  if (!isMap(peers)) throw strange;
  const directory = dirname(path);
  return Object.fromEntries(
    Object.entries(peers).map(([context, entry]) => {
      const place = placeOf(entry, directory, io.home);
      if (place === undefined) throw strange;
      return [context, place] as const;
    }),
  );
};
