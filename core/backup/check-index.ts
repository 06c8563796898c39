import type { Reading } from '../model/reading.ts';
import { cannotRead, readingOf } from '../model/reading-of.ts';
import type {
  BackedUpFile,
  BackedUpVolume,
  BackupIndex,
  BackupSource,
  MissingObject,
} from './backup-index.ts';
import { pathFault } from './path-fault.ts';

/** `apiVersion` of an index that this version writes and reads. */
export const indexVersion = 'backup.kubectl-dr.dev/v1alpha1';

type Fields = Readonly<Record<string, unknown>>;

/** More files than 40,000 volumes with workloads make: past it, somebody wants to keep us busy. */
const mostFiles = 200_000;

const fieldsOf = (value: unknown, what: string): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : cannotRead(`${what} has no fields`);

const textOf = (fields: Fields, name: string, what: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : cannotRead(`${what} has no text "${name}"`);
};

const textOrNull = (fields: Fields, name: string, what: string): string | null =>
  fields[name] === undefined || fields[name] === null ? null : textOf(fields, name, what);

const listOf = <T>(fields: Fields, name: string, read: (fields: Fields, what: string) => T): T[] => {
  const list = fields[name];
  if (!Array.isArray(list) || list.length > mostFiles) return cannotRead(`it has no list "${name}"`);
  return list.map((entry, index) => {
    const what = `${name}[${index}]`;
    return read(fieldsOf(entry, what), what);
  });
};

const sourceOf = (fields: Fields, what: string): BackupSource => ({
  site: textOf(fields, 'site', what),
  clusterUid: textOrNull(fields, 'clusterUid', what),
  kubernetesVersion: textOrNull(fields, 'kubernetesVersion', what),
});

const missingOf = (fields: Fields, what: string): MissingObject => ({
  kind: textOf(fields, 'kind', what),
  namespace: textOrNull(fields, 'namespace', what),
  name: textOf(fields, 'name', what),
  why: textOf(fields, 'why', what),
});

const replicationOf = (value: unknown, what: string): BackedUpVolume['replication'] => {
  if (value === undefined || value === null) return null;
  const fields = fieldsOf(value, what);
  const kind = textOf(fields, 'kind', what);
  if (kind !== 'VolumeReplication' && kind !== 'VolumeGroupReplication')
    return cannotRead(`${what} is of kind "${kind}", which replicates nothing`);
  return {
    kind,
    name: textOf(fields, 'name', what),
    class: textOrNull(fields, 'class', what),
    state: textOf(fields, 'state', what),
  };
};

const volumeOf = (fields: Fields, what: string): BackedUpVolume => ({
  namespace: textOf(fields, 'namespace', what),
  persistentVolumeClaim: textOf(fields, 'persistentVolumeClaim', what),
  claimUid: textOrNull(fields, 'claimUid', what),
  persistentVolume: textOf(fields, 'persistentVolume', what),
  driver: textOf(fields, 'driver', what),
  volumeHandle: textOf(fields, 'volumeHandle', what),
  destinationVolumeHandle: textOrNull(fields, 'destinationVolumeHandle', what),
  storageClass: textOrNull(fields, 'storageClass', what),
  replication: replicationOf(fields['replication'], `${what}.replication`),
  lastSyncTime: textOrNull(fields, 'lastSyncTime', what),
});

const checkedPath = (path: string, what: string): string => {
  const fault = pathFault(path);
  return fault === undefined ? path : cannotRead(`the path of ${what} cannot be followed: ${fault}`);
};

const fileOf = (fields: Fields, what: string): BackedUpFile => {
  const { bytes } = fields;
  const sha256 = textOf(fields, 'sha256', what);
  if (!/^[0-9a-f]{64}$/.test(sha256)) return cannotRead(`${what} has no SHA-256 of 64 lower-case digits`);
  return {
    path: checkedPath(textOf(fields, 'path', what), what),
    sha256,
    bytes:
      typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0
        ? bytes
        : cannotRead(`${what} has no number "bytes"`),
    apiVersion: textOf(fields, 'apiVersion', what),
    kind: textOf(fields, 'kind', what),
    namespace: textOrNull(fields, 'namespace', what),
    name: textOf(fields, 'name', what),
  };
};

const withoutDoubles = (files: BackedUpFile[]): BackedUpFile[] => {
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) return cannotRead(`"${path}" is listed twice`);
    seen.add(path);
  }
  return files;
};

const timeOf = (text: string): string =>
  Number.isNaN(Date.parse(text)) ? cannotRead('"createdAt" is no time') : text;

/** The `apiVersion` that a value claims to have; empty where it claims none. */
export const versionOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'apiVersion' in value && typeof value.apiVersion === 'string'
    ? value.apiVersion
    : '';

/**
 * What was read from a file `INDEX`, field by field: nobody vouches for it. Its paths can be followed and are there once. Fields
 * that are not ours are left out. Unknown, with the first fault as one clause, where anything is not as the contract says.
 */
export const checkIndex = (value: unknown): Reading<BackupIndex> =>
  readingOf(() => {
    const fields = fieldsOf(value, 'it');
    if (fields['apiVersion'] !== indexVersion || fields['kind'] !== 'Backup')
      return cannotRead(`it is no Backup of ${indexVersion}`);
    return {
      apiVersion: indexVersion,
      kind: 'Backup',
      createdAt: timeOf(textOf(fields, 'createdAt', 'it')),
      createdBy: textOf(fields, 'createdBy', 'it'),
      source: sourceOf(fieldsOf(fields['source'], 'source'), 'source'),
      ...(fields['everythingOf'] !== undefined && { everythingOf: textOf(fields, 'everythingOf', 'it') }),
      missing: listOf(fields, 'missing', missingOf),
      volumes: listOf(fields, 'volumes', volumeOf),
      files: withoutDoubles(listOf(fields, 'files', fileOf)),
    };
  });
