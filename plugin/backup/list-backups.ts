import type { BackupIndex } from '../../core/backup/backup-index.ts';
import { claimsIn } from '../../core/backup/claims-left-to.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { formatAge } from '../../core/status/age.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import type { Io } from '../io.ts';
import { type Cell, createPainter, type Painter } from '../output/color.ts';
import { formatDocument } from '../output/document.ts';
import { createTable } from '../output/table.ts';
import { findBackups, type StoredBackup } from './find-backups.ts';
import { looksWhole } from './look-at-files.ts';
import { storeDirectory } from './store-directory.ts';

type ListFlags = CommonFlags & { directory?: string; output?: string };

/** `partial`: objects are missing that should have been in it. `broken`: files are missing, changed or foreign. */
type BackupState = 'whole' | 'partial' | 'broken';

/** One line of the list; null where the index cannot be read. */
type ListedBackup = {
  readonly name: string;
  readonly directory: string;
  readonly site: string | null;
  readonly createdAt: string | null;
  readonly volumes: number | null;
  /** `namespace/name` of its claims. */
  readonly claims: readonly string[] | null;
  /** RFC 3339; null where a protected volume has none that is known. */
  readonly oldestSyncTime: string | null;
  readonly state: BackupState;
  /** Why it is broken, where that is known without reading it. */
  readonly message: string | null;
};

const colors: Readonly<Record<BackupState, Parameters<Painter>[1]>> = {
  whole: 'green',
  partial: 'yellow',
  broken: 'red',
};

const stateOf = async (directory: string, index: BackupIndex, signal: AbortSignal): Promise<BackupState> => {
  if (!(await looksWhole(directory, index, signal))) return 'broken';
  return index.missing.length === 0 ? 'whole' : 'partial';
};

/** What a restore of all of it would go back to at worst. */
const oldestSyncOf = ({ volumes }: BackupIndex): string | null => {
  const times = volumes
    .filter(({ replication }) => replication !== null)
    .map(({ lastSyncTime }) => lastSyncTime);
  return times.includes(null) ? null : (times.toSorted()[0] ?? null);
};

const describe = async (
  { name, directory, index }: StoredBackup,
  signal: AbortSignal,
): Promise<ListedBackup> => {
  const unreadable = { site: null, createdAt: null, volumes: null, claims: null, oldestSyncTime: null };
  if (!index.known) return { name, directory, ...unreadable, state: 'broken', message: index.why };
  const { source, createdAt, volumes } = index.value;
  return {
    name,
    directory,
    site: source.site,
    createdAt,
    volumes: volumes.length,
    claims: claimsIn(index.value).map(claimKeyText),
    oldestSyncTime: oldestSyncOf(index.value),
    state: await stateOf(directory, index.value, signal),
    message: null,
  };
};

const headings = ['NAME', 'SITE', 'CREATED', 'VOLUMES', 'OLDEST SYNC', 'STATE'];

/** Characters of the column that names claims; JSON has them all. */
const longestClaims = 2_000;

const ageOf = (time: string | null, now: number): string =>
  time === null ? '<unknown>' : formatAge(now - Date.parse(time));

const rowOf = (
  backup: ListedBackup,
  { now, paint, isWide }: { now: number; paint: Painter; isWide: boolean },
): Cell[] => [
  oneLine(backup.name),
  oneLine(backup.site ?? '<unknown>'),
  ageOf(backup.createdAt, now),
  String(backup.volumes ?? '<unknown>'),
  ageOf(backup.oldestSyncTime, now),
  paint(backup.state, colors[backup.state]),
  ...(isWide ? [oneLine(backup.claims?.join(',') || '<none>', longestClaims)] : []),
];

/** `kubectl dr backup list`. */
export const listBackups = async (flags: ListFlags, io: Io): Promise<ExitCode> => {
  const store = storeDirectory(flags.directory, io);
  const found = await findBackups(store, io.signal);
  const backups: ListedBackup[] = [];
  for (const backup of found) backups.push(await describe(backup, io.signal));
  const isWide = flags.output === 'wide';
  if (flags.output !== undefined && !isWide) {
    const list = { apiVersion: 'cli.kubectl-dr.dev/v1alpha1', kind: 'BackupList', store, items: backups };
    io.stdout.write(await formatDocument(list, flags.output));
  } else if (backups.length === 0) io.stderr.line(`No backups found in ${store}.`);
  else {
    const paint = createPainter(flags.color, io);
    const now = io.now();
    const rows = backups.map((backup) => rowOf(backup, { now, paint, isWide }));
    io.stdout.styled(createTable().format([isWide ? [...headings, 'CLAIMS'] : headings, ...rows]));
  }
  return exitCode.ok;
};
