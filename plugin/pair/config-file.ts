import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DrError, messageOf } from '../../core/model/error.ts';
import type { Io } from '../io.ts';

/** Where the user's own settings are: `$XDG_CONFIG_HOME/kubectl-dr/config.yaml`, else below `~/.config`. */
export const configPath = ({ env, home }: Pick<Io, 'env' | 'home'>): string | undefined => {
  const base = env['XDG_CONFIG_HOME'] || (home === undefined ? undefined : join(home, '.config'));
  return base === undefined ? undefined : join(base, 'kubectl-dr', 'config.yaml');
};

const invalid = (path: string, what: string): DrError =>
  new DrError({
    code: 'ConfigInvalid',
    message: `${path}: ${what}`,
    hint: 'write "peers:" with one "context: other-context" per line',
  });

const isTextMap = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((entry) => typeof entry === 'string');

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
): Promise<Readonly<Record<string, string>>> => {
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
  if (!isTextMap(peers)) throw invalid(path, '"peers" does not map contexts to contexts');
  return peers;
};
