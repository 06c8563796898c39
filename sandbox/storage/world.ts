import type { Blocks, Content } from './content.ts';
import type { Schedule } from './schedule.ts';
import type { Timeline } from './timeline.ts';
import type { Timings } from './timings.ts';

/** One of the two sites of a pair. */
export type SiteIndex = 0 | 1;

/** The other site. */
export const peerOf = (site: SiteIndex): SiteIndex => (site === 0 ? 1 : 0);

/** A mirror snapshot that a primary took, kept until the peer has it; the newest is always kept. */
export type Snapshot = {
  readonly sequence: number;
  readonly takenAt: number;
  readonly blocks: Blocks;
  /** Taken by a demotion: the copy that has received it may take the role over. */
  readonly demotion: boolean;
};

/** The mirroring of one copy. */
export type Mirror = {
  mode: 'snapshot' | 'journal';
  role: 'primary' | 'secondary';
  timeline: Timeline;
  /** Of the last whole snapshot, taken here or received; 0 while there is none. */
  sequence: number;
  /** When that snapshot was taken. */
  snapshotAt: number;
  snapshots: Snapshot[];
  /**
   * The right to be promoted without force: the newest snapshot here is one of a demotion, made here or received. It goes by this copy
   * alone, as in librbd. So both copies have it while nobody is primary, and one keeps it after a promotion of the other until its own
   * daemon begins to copy from there.
   */
  handover: boolean;
  /** From when on the manager knows that this copy is primary, and takes its scheduled snapshots. */
  scheduledFrom: number | undefined;
};

/** The image of a volume on one site. */
export type Copy = {
  createdAt: number;
  /** Metadata `.rbd.image.creation_time`, written by a demotion; only while it equals `createdAt` a forced resync discards. */
  creationMark: number | undefined;
  head: Content;
  /** When the first write since the last snapshot came. */
  dirtySince: number | undefined;
  publishedOn: string[];
  schedules: Schedule[];
  mirror: Mirror | undefined;
  /**
   * The image whose blocks a clone shares, until it is flattened: ceph-csi makes one of its own for each, `csi-vol-<uuid>-temp`, which is
   * never mirrored. So the volume that was cloned may go, and the clone cannot be mirrored.
   */
  parent?: string;
};

/** What a mirror daemon says about its image. */
export type Report = {
  readonly state: 'unknown' | 'error' | 'replaying' | 'stopped';
  readonly description: string;
};

/** A daemon copying snapshots from its peer. */
export type Replay = {
  readonly since: number;
  snapshots: number;
  bytes: number;
  last: { readonly takenAt: number; readonly bytes: number; readonly seconds: number } | undefined;
  transfer:
    | {
        readonly snapshot: Snapshot;
        readonly bytes: number;
        readonly startedAt: number;
        readonly doneAt: number;
      }
    | undefined;
};

/** A forced resync on its way: marked, deleted, created again, mirrored but not yet reported. */
export type Rebuild = { stage: 'marked' | 'deleted' | 'created' | 'unreported'; until: number };

/** What one site has of a volume. */
export type Side = {
  copy: Copy | undefined;
  /** Per reporting site, as this site's pool keeps them. */
  reports: [Report | undefined, Report | undefined];
  /** When the daemon comes to this image next; undefined while it would find and write the same again. */
  lookAt: number | undefined;
  replay: Replay | undefined;
  rebuild: Rebuild | undefined;
  /** The peer gave up mirroring as primary: this copy goes as well, at `removeAt` once that is known. */
  abandoned: boolean;
  removeAt: number | undefined;
};

/** A volume on both sites. */
export type Volume = {
  readonly uuid: string;
  readonly sizeBytes: number;
  readonly sides: readonly [Side, Side];
  /** Everything up to this time has happened. */
  clock: number;
  /** How many epochs its history has; names the next one. */
  epochs: number;
};

/** One site, apart from its volumes. Its daemon and its manager look in turns that are counted from `startedAt`. */
export type Site = { readonly name: string; frozen: boolean; startedAt: number };

/** What the two arrays are set up with. */
export type Settings = {
  readonly now: () => number;
  readonly random: () => number;
  readonly clockFactor: number;
  readonly timings: Timings;
  readonly bytesPerSecond: number;
  readonly clusterId: string;
  readonly poolName: string;
  /** Of each site: Ceph counts the pools of a cluster by itself, and mirrors by name. */
  readonly poolIds: readonly [number, number];
  /** The only pair that is let in; any pair when undefined. */
  readonly credentials: { readonly userID: string; readonly userKey: string } | undefined;
  readonly release: DriverRelease;
};

/** Whose answers are given: of the recorded build (between v3.12 and v3.13), or as v3.17 documents them. */
export type DriverRelease = 'v3.12' | 'v3.17';

/** Both arrays and the link between them. */
export type World = {
  readonly settings: Settings;
  readonly sites: readonly [Site, Site];
  linkUp: boolean;
  /** Since when the sites do not hear each other. */
  outageSince: number | undefined;
  /** By uuid. */
  readonly volumes: Map<string, Volume>;
  /** Volumes that a provisioner asked for: `<site>/<name>` to uuid. */
  readonly requestNames: Map<string, string>;
};

/** Whether the daemons of the two sites reach each other. */
export const inContact = (world: World): boolean =>
  world.linkUp && !world.sites[0].frozen && !world.sites[1].frozen;

/** A side without an image. */
export const emptySide = (): Side => ({
  copy: undefined,
  reports: [undefined, undefined],
  lookAt: undefined,
  replay: undefined,
  rebuild: undefined,
  abandoned: false,
  removeAt: undefined,
});

/** The names under which logs and messages know an image. */
export const imageSpec = (world: World, volume: Volume): string =>
  `${world.settings.poolName}/csi-vol-${volume.uuid}`;
