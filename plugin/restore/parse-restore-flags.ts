import { parseGoDuration } from '../../core/model/duration.ts';
import type { LabelSelector } from '../../core/model/volume-group-replication.ts';
import type { NameMaps } from '../../core/restore/map-names.ts';
import type { ClaimRefMode } from '../../core/restore/offer-volume.ts';
import { parseLabelSelector } from '../../core/restore/parse-label-selector.ts';
import type { RestoreSelection } from '../../core/restore/select-objects.ts';
import type { ExistingPolicy } from '../../core/restore/wanted.ts';
import { parseRequestTimeout } from '../flags/request-timeout.ts';
import { usageError } from '../usage-error.ts';
import { parseHandleMap } from './parse-handle-map.ts';
import { parseNameMap } from './parse-name-map.ts';
import type { RestoreFlags } from './restore-flags.ts';

/** What was asked for, before anything is read. */
export type RestoreRequest = {
  readonly selection: RestoreSelection;
  readonly maps: NameMaps;
  readonly existing: ExistingPolicy;
  readonly claimRef: ClaimRefMode;
  readonly dryRun: 'none' | 'client' | 'server';
  readonly output: 'text' | 'json' | 'name';
  /** Volumes that are written at the same time. */
  readonly parallel: number;
  /** How long to wait for claims to be bound. */
  readonly timeoutMs: number;
  readonly requestTimeoutMs: number;
};

/** What a timer can wait: 24 days. */
const longestMs = 2 ** 31 - 1;

const parseTimeout = (text: string): number => {
  const milliseconds = parseGoDuration(text);
  if (milliseconds === undefined || milliseconds <= 0)
    throw usageError(`invalid value "${text}" for --timeout`, 'give a duration such as 90s or 5m');
  return Math.min(milliseconds, longestMs);
};

const mostParallel = 128;

const parseParallel = (text: string): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > mostParallel)
    throw usageError(`invalid value "${text}" for --parallel`, `give a number from 1 to ${mostParallel}`);
  return count;
};

const parseSelector = (text: string | undefined): LabelSelector | undefined => {
  if (text === undefined) return undefined;
  const labels = parseLabelSelector(text);
  if (labels === undefined)
    throw usageError(`invalid selector "${text}"`, 'give labels such as app=db,tier!=test');
  return labels;
};

const claimName = (word: string): string => {
  const name = word.replace(/^(pvc|persistentvolumeclaims?)\//, '');
  if (name === '' || name.includes('/'))
    throw usageError(`"${word}" is no name of a claim`, 'give its name alone, and its namespace with -n');
  return name;
};

const parseSelection = ({ pvc = [], selector, namespace }: RestoreFlags): RestoreSelection => {
  if (pvc.length > 0 && selector !== undefined)
    throw usageError('--pvc cannot be used together with -l', 'leave out one of them');
  return {
    namespace: namespace || undefined,
    claims: pvc.map(claimName),
    labels: parseSelector(selector),
  };
};

/** Understands the flags. Throws a usage error before anything is read. */
export const parseRestoreFlags = (flags: RestoreFlags): RestoreRequest => ({
  selection: parseSelection(flags),
  maps: {
    namespaces: parseNameMap('--map-namespace', flags['map-namespace']),
    storageClasses: parseNameMap('--map-storage-class', flags['map-storage-class']),
    volumeHandles: parseHandleMap(flags['map-volume-handle']),
  },
  existing: flags.existing as ExistingPolicy,
  claimRef: flags['claim-ref'] as ClaimRefMode,
  dryRun: flags['dry-run'] as RestoreRequest['dryRun'],
  output: (flags.output ?? 'text') as RestoreRequest['output'],
  parallel: parseParallel(flags.parallel),
  timeoutMs: parseTimeout(flags.timeout),
  requestTimeoutMs: parseRequestTimeout(flags['request-timeout']),
});
