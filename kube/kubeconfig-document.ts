import { isAbsolute, join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { DrError } from '../core/model/error.ts';
import type {
  KubeconfigCluster,
  KubeconfigContext,
  KubeconfigExtension,
  KubeconfigUser,
  PemSource,
} from './kubeconfig-entry.ts';

/** One kubeconfig file as it was read: nothing merged, file names made absolute. */
export type KubeconfigDocument = {
  currentContext: string | undefined;
  clusters: KubeconfigCluster[];
  users: KubeconfigUser[];
  contexts: KubeconfigContext[];
};

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

/** Reads fields of one file and says, in one line with file and line number, what is wrong with them. */
type Reader = {
  directory: string;
  fail(path: Path, problem: string): never;
  record(value: unknown, path: Path): Fields;
  text(fields: Fields, name: string, path: Path): string | undefined;
  flag(fields: Fields, name: string, path: Path): boolean;
  texts(fields: Fields, name: string, path: Path): string[];
};

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readerOf = (fail: (path: Path, problem: string) => never, directory: string): Reader => {
  const nameOf = (path: Path): string => String(path.findLast((step) => typeof step === 'string') ?? '');
  const list = (value: unknown, path: Path): unknown[] =>
    value === undefined || value === null
      ? []
      : Array.isArray(value)
        ? value
        : fail(path, `${nameOf(path)} must be a list`);
  return {
    directory,
    fail,
    record: (value, path) =>
      value === undefined || value === null
        ? {}
        : isRecord(value)
          ? value
          : fail(path, `${nameOf(path) || 'the file'} must hold fields, not a single value`),
    text: (fields, name, path) => {
      const value = fields[name];
      if (value === undefined || value === null || value === '') return undefined;
      return typeof value === 'string' ? value : fail([...path, name], `${name} must be text`);
    },
    flag: (fields, name, path) => {
      const value = fields[name];
      if (value === undefined || value === null) return false;
      return typeof value === 'boolean' ? value : fail([...path, name], `${name} must be true or false`);
    },
    texts: (fields, name, path) =>
      list(fields[name], [...path, name]).map((entry, index) =>
        typeof entry === 'string' ? entry : fail([...path, name, index], `${name} must hold texts`),
      ),
  };
};

const pemSource = (reader: Reader, fields: Fields, name: string, path: Path): PemSource | undefined => {
  const data = reader.text(fields, `${name}-data`, path);
  if (data !== undefined) return { data: Buffer.from(data, 'base64').toString('utf8') };
  const file = reader.text(fields, name, path);
  return file === undefined ? undefined : { file: absolute(reader.directory, file) };
};

const absolute = (directory: string, file: string): string =>
  isAbsolute(file) ? file : join(directory, file);

const extensionsOf = (reader: Reader, fields: Fields, path: Path): KubeconfigExtension[] => {
  const value = fields['extensions'];
  if (!Array.isArray(value)) return [];
  return value.map((entry: unknown, index) => {
    const extension = reader.record(entry, [...path, 'extensions', index]);
    return { name: String(extension['name'] ?? ''), extension: extension['extension'] };
  });
};

const clusterOf = (reader: Reader, name: string, fields: Fields, path: Path): KubeconfigCluster => ({
  name,
  server: reader.text(fields, 'server', path),
  tlsServerName: reader.text(fields, 'tls-server-name', path),
  insecureSkipTlsVerify: reader.flag(fields, 'insecure-skip-tls-verify', path),
  certificateAuthority: pemSource(reader, fields, 'certificate-authority', path),
  proxyUrl: reader.text(fields, 'proxy-url', path),
  disableCompression: reader.flag(fields, 'disable-compression', path),
  extensions: extensionsOf(reader, fields, path),
});

const userOf = (reader: Reader, name: string, fields: Fields, path: Path): KubeconfigUser => {
  const tokenFile = reader.text(fields, 'tokenFile', path);
  const exec = fields['exec'] == null ? undefined : reader.record(fields['exec'], [...path, 'exec']);
  const provider = fields['auth-provider'];
  const extra = Object.entries(reader.record(fields['as-user-extra'], [...path, 'as-user-extra']));
  return {
    name,
    directory: reader.directory,
    clientCertificate: pemSource(reader, fields, 'client-certificate', path),
    clientKey: pemSource(reader, fields, 'client-key', path),
    token: reader.text(fields, 'token', path),
    tokenFile: tokenFile === undefined ? undefined : absolute(reader.directory, tokenFile),
    username: reader.text(fields, 'username', path),
    password: reader.text(fields, 'password', path),
    impersonate: {
      user: reader.text(fields, 'as', path),
      uid: reader.text(fields, 'as-uid', path),
      groups: reader.texts(fields, 'as-groups', path),
      extra: Object.fromEntries(
        extra.map(([key, value]) => [key, Array.isArray(value) ? value.map(String) : [String(value)]]),
      ),
    },
    exec,
    authProvider: provider == null ? undefined : reader.record(provider, [...path, 'auth-provider']),
  };
};

const contextOf = (reader: Reader, name: string, fields: Fields, path: Path): KubeconfigContext => ({
  name,
  cluster: reader.text(fields, 'cluster', path),
  user: reader.text(fields, 'user', path),
  namespace: reader.text(fields, 'namespace', path),
  extensions: extensionsOf(reader, fields, path),
});

/** The named entries of one section; client-go refuses a name twice in one file, and so do we. */
const entriesOf = <T extends { name: string }>(
  reader: Reader,
  root: Fields,
  [section, entry]: readonly [string, string],
  build: (reader: Reader, name: string, fields: Fields, path: Path) => T,
): T[] => {
  const value = root[section];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return reader.fail([section], `${section} must be a list`);
  const seen = new Set<string>();
  return value.map((item: unknown, index) => {
    const path = [section, index];
    const fields = reader.record(item, path);
    const name = reader.text(fields, 'name', path) ?? reader.fail(path, `an entry of ${section} has no name`);
    if (seen.has(name)) reader.fail(path, `${section} holds "${name}" twice`);
    seen.add(name);
    return build(reader, name, reader.record(fields[entry], [...path, entry]), [...path, entry]);
  });
};

/**
 * Parses one kubeconfig file (YAML, and so JSON too).
 * Throws `KubeconfigInvalid` naming the file, the line and the problem.
 */
export const parseKubeconfigDocument = (
  text: string,
  file: { path: string; directory: string },
): KubeconfigDocument => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const failAt = (offset: number | undefined, problem: string): never => {
    const line = offset === undefined ? '' : `, line ${lines.linePos(offset).line}`;
    throw new DrError({
      code: 'KubeconfigInvalid',
      message: `kubeconfig ${file.path}${line}: ${problem}`,
      hint: 'correct the file, or name another one with --kubeconfig',
    });
  };
  const [error] = document.errors;
  if (error !== undefined) return failAt(error.pos[0], error.message);
  const reader = readerOf((path, problem) => {
    const node = document.getIn(path, true);
    const range = isRecord(node) ? node['range'] : undefined;
    return failAt(Array.isArray(range) ? Number(range[0]) : undefined, problem);
  }, file.directory);
  const root = reader.record(document.toJS(), []);
  const kind = reader.text(root, 'kind', []);
  if (kind !== undefined && kind !== 'Config') reader.fail(['kind'], `kind is ${kind}, not Config`);
  return {
    currentContext: reader.text(root, 'current-context', []),
    clusters: entriesOf(reader, root, ['clusters', 'cluster'], clusterOf),
    users: entriesOf(reader, root, ['users', 'user'], userOf),
    contexts: entriesOf(reader, root, ['contexts', 'context'], contextOf),
  };
};
