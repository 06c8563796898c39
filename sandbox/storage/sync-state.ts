// What ceph-csi reads out of the reports of the mirror daemons.
import { isHeard } from './advance.ts';
import type { Target } from './request.ts';
import { peerOf, type Report } from './world.ts';

/** A report with the word whether its daemon lives. */
export type HeardReport = Report & { readonly up: boolean };

/** What the daemon of the site that was asked says; undefined while it has said nothing. */
export const localReport = ({ side, site }: Target): HeardReport | undefined => {
  const report = side.reports[site];
  return report === undefined ? undefined : { ...report, up: true };
};

/** What the daemon of the peer last said here. */
export const remoteReport = ({ world, side, site, at }: Target): HeardReport | undefined => {
  const report = side.reports[peerOf(site)];
  return report === undefined ? undefined : { ...report, up: isHeard(world, site, peerOf(site), at) };
};

/** The last snapshot that a copy holds whole; time stamp in seconds. */
export type SyncState = {
  readonly timestamp: number;
  readonly bytes: number;
  readonly seconds: number;
};

/** Reads the snapshot facts out of a report's description; `missing` tells what is not there. */
export const readSyncState = ({ description }: Report): SyncState | { readonly missing: string } => {
  const json = description.indexOf('{');
  if (json < 0) return { missing: 'no snapshot details' };
  const facts = JSON.parse(description.slice(json)) as Readonly<Record<string, number | undefined>>;
  const timestamp = facts['local_snapshot_timestamp'] ?? 0;
  if (timestamp === 0) return { missing: 'empty local snapshot timestamp' };
  return {
    timestamp,
    bytes: facts['last_snapshot_bytes'] ?? 0,
    seconds: facts['last_snapshot_sync_seconds'] ?? 0,
  };
};

/** The text with which a call says that there is no such state. */
export const noSyncState = (missing: string): string =>
  `failed to get last sync info: ${missing}: last sync time not found`;
