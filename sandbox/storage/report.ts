import type { Replay, Report } from './world.ts';

/** Reports that tell the same in every volume. */
export const REPORTS = {
  primary: { state: 'stopped', description: 'local image is primary' },
  peerNotPrimary: { state: 'unknown', description: 'remote image is not primary' },
  peerDemoted: { state: 'unknown', description: 'remote image demoted' },
  splitBrain: { state: 'error', description: 'split-brain' },
  promotedWhileReplaying: { state: 'error', description: 'incomplete local primary snapshot' },
  peerGone: { state: 'error', description: 'error bootstrapping replay' },
} as const satisfies Record<string, Report>;

const seconds = (ms: number): number => Math.floor(ms / 1_000);

/** A number with a decimal point even when it is whole, as the daemon prints its averages. */
const decimal = (value: number): string => {
  const rounded = Math.round(value * 100) / 100;
  return Number.isInteger(rounded) ? `${rounded}.0` : String(rounded);
};

/** The report of a daemon that copies snapshots; the time stamps are those of the last whole one, absent before it. */
export const replayReport = (
  replay: Replay,
  { at, newestAt, mode }: { at: number; newestAt: number | undefined; mode: 'snapshot' | 'journal' },
): Report => {
  const rate = replay.bytes / Math.max(1, (at - replay.since) / 1_000);
  const fields = [`"bytes_per_second":${decimal(rate)}`];
  if (mode === 'journal') {
    fields.push('"entries_behind_primary":0', '"entries_per_second":0.0');
  } else {
    fields.push(...snapshotFields(replay, newestAt));
  }
  return { state: 'replaying', description: `replaying, {${fields.join(',')}}` };
};

const snapshotFields = (replay: Replay, newestAt: number | undefined): string[] => {
  const { last, transfer } = replay;
  return [
    `"bytes_per_snapshot":${decimal(replay.bytes / Math.max(1, replay.snapshots))}`,
    `"last_snapshot_bytes":${last?.bytes ?? 0}`,
    `"last_snapshot_sync_seconds":${last?.seconds ?? 0}`,
    ...(last === undefined ? [] : [`"local_snapshot_timestamp":${seconds(last.takenAt)}`]),
    ...(newestAt === undefined ? [] : [`"remote_snapshot_timestamp":${seconds(newestAt)}`]),
    `"replay_state":"${transfer === undefined ? 'idle' : 'syncing'}"`,
  ];
};
