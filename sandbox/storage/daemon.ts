// What a mirror daemon (rbd-mirror) does on one site when it looks at a volume.
import { emptyContent } from './content.ts';
import { nextLook } from './daemon-turns.ts';
import { REPORTS, replayReport } from './report.ts';
import { canFollow, hasCaughtUp, type Moment, startTransfer } from './transfer.ts';
import {
  type Copy,
  inContact,
  type Mirror,
  peerOf,
  type Report,
  type Side,
  type Volume,
  type World,
} from './world.ts';

/** Stores what the daemon of a site says in its own pool and, when they hear each other, in the peer's. */
export const fileReport = (world: World, { volume, site }: Moment, report: Report): void => {
  volume.sides[site].reports[site] = report;
  const peer = volume.sides[peerOf(site)];
  if (inContact(world) && peer.copy?.mirror !== undefined) peer.reports[site] = report;
};

/** Brings to each site what the daemon of the other one last said. */
export const repeatReports = ({ sides }: Volume): void => {
  for (const [site, peer] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const report = sides[site].reports[site];
    if (report !== undefined && sides[peer].copy?.mirror !== undefined) sides[peer].reports[site] = report;
  }
};

/** The mirroring of a side that is primary. */
export const primaryMirror = (side: Side): Mirror | undefined =>
  side.copy?.mirror?.role === 'primary' ? side.copy.mirror : undefined;

/** An empty image that is not mirrored. */
export const createImage = (at: number): Copy => ({
  createdAt: at,
  creationMark: undefined,
  head: emptyContent(),
  dirtySince: undefined,
  publishedOn: [],
  schedules: [],
  mirror: undefined,
});

/** Makes an image the secondary of a primary; what the daemon there last said is known here from now on. */
const followPrimary = ({ volume, site }: Moment, copy: Copy, sender: Mirror): void => {
  const peer = peerOf(site);
  volume.sides[site].reports[peer] = volume.sides[peer].reports[peer];
  copy.mirror = {
    mode: sender.mode,
    role: 'secondary',
    timeline: sender.timeline,
    sequence: 0,
    snapshotAt: 0,
    snapshots: [],
    handover: false,
    scheduledFrom: undefined,
  };
};

/** The daemon looks at the image, files its report and starts or ends copying. */
export const look = (world: World, moment: Moment): void => {
  const { volume, site, at } = moment;
  const side = volume.sides[site];
  const peer = volume.sides[peerOf(site)];
  side.lookAt = undefined;
  if (side.rebuild !== undefined && side.rebuild.stage !== 'marked') return;
  const sender = primaryMirror(peer);
  if (side.copy === undefined && sender !== undefined && inContact(world)) {
    side.copy = createImage(at);
    followPrimary(moment, side.copy, sender);
  }
  const mirror = side.copy?.mirror;
  if (mirror === undefined) return;
  if (mirror.role === 'primary') fileReport(world, moment, REPORTS.primary);
  else if (inContact(world)) lookAsSecondary(world, moment, mirror);
};

const lookAsSecondary = (world: World, moment: Moment, mirror: Mirror): void => {
  const { volume, site, at } = moment;
  const side = volume.sides[site];
  const sender = volume.sides[peerOf(site)].copy?.mirror;
  if (sender === undefined || side.abandoned) {
    side.replay = undefined;
    fileReport(world, moment, REPORTS.peerGone);
    if (side.abandoned) side.removeAt ??= at + world.settings.timings.removal;
    return;
  }
  if (sender.role === 'secondary' && hasNothingFor(mirror, sender)) {
    leavePeer(world, moment);
  } else if (canFollow(mirror, sender)) {
    replayFrom(world, moment, sender);
  } else {
    side.replay = undefined;
    fileReport(world, moment, REPORTS.splitBrain);
  }
};

/**
 * Whether a daemon takes nothing from a peer that is not primary. It goes on up to the demotion's snapshot where it was copying. But a copy
 * that was demoted itself, or has a demotion already, is linked to no peer: it takes nothing before the peer is primary when the daemon
 * looks. A peer that was promoted, written to and demoted between two looks keeps what was written to itself (rbd-mirror's BootstrapRequest:
 * "local image is unlinked and remote image is not primary").
 */
const hasNothingFor = (receiver: Mirror, sender: Mirror): boolean =>
  receiver.handover || hasCaughtUp(receiver, sender);

/** The peer is not primary: a daemon that was copying ends that and says why, one that looks again finds it so. */
const leavePeer = (world: World, moment: Moment): void => {
  const { volume, site, at } = moment;
  const side = volume.sides[site];
  if (side.replay === undefined) {
    fileReport(world, moment, REPORTS.peerNotPrimary);
    return;
  }
  side.replay = undefined;
  fileReport(world, moment, REPORTS.peerDemoted);
  side.lookAt = nextLook(world, site, at);
};

const replayFrom = (world: World, moment: Moment, sender: Mirror): void => {
  const { volume, site, at } = moment;
  const side = volume.sides[site];
  side.replay ??= { since: at, snapshots: 0, bytes: 0, last: undefined, transfer: undefined };
  const newestAt = sender.snapshots.at(-1)?.takenAt;
  fileReport(world, moment, replayReport(side.replay, { at, newestAt, mode: sender.mode }));
  startTransfer(world, moment);
};

/** Takes a forced resync one step on. Nothing is deleted, nor created, while no primary is there to copy from. */
export const continueRebuild = (world: World, moment: Moment): void => {
  const { volume, site, at } = moment;
  const side = volume.sides[site];
  const { rebuild } = side;
  const sender = primaryMirror(volume.sides[peerOf(site)]);
  const { timings } = world.settings;
  if (rebuild === undefined) return;
  const waits = rebuild.stage === 'marked' || rebuild.stage === 'deleted';
  if (waits && (sender === undefined || !inContact(world))) {
    rebuild.until = at + timings.look;
  } else if (rebuild.stage === 'marked') {
    discardImage(side);
    side.rebuild = { stage: 'deleted', until: at + timings.recreate };
  } else if (rebuild.stage === 'deleted') {
    side.copy = createImage(at);
    side.rebuild = { stage: 'created', until: at + timings.adopt };
  } else if (rebuild.stage === 'created') {
    adoptImage(world, moment);
    side.rebuild = { stage: 'unreported', until: at + timings.firstReport };
  } else {
    side.rebuild = undefined;
    look(world, moment);
  }
};

/** Removes an image with all that its site knows about it. */
export const discardImage = (side: Side): void => {
  side.copy = undefined;
  side.reports = [undefined, undefined];
  side.replay = undefined;
  side.rebuild = undefined;
  side.lookAt = undefined;
  side.abandoned = false;
  side.removeAt = undefined;
};

const adoptImage = (world: World, moment: Moment): void => {
  const side = moment.volume.sides[moment.site];
  const sender = moment.volume.sides[peerOf(moment.site)].copy?.mirror;
  if (side.copy === undefined || sender === undefined) return;
  followPrimary(moment, side.copy, sender);
  side.replay = { since: moment.at, snapshots: 0, bytes: 0, last: undefined, transfer: undefined };
  startTransfer(world, moment);
};

/** The peer ended mirroring: its copy here goes, unless it became primary meanwhile or is in use. */
export const removeAbandoned = (world: World, { volume, site, at }: Moment): void => {
  const side = volume.sides[site];
  side.removeAt = undefined;
  const removable = side.abandoned && side.copy?.mirror?.role === 'secondary' && inContact(world);
  if (removable && side.copy?.publishedOn.length === 0) {
    discardImage(side);
    side.lookAt = at + world.settings.timings.notice;
  } else if (removable) {
    side.removeAt = at + world.settings.timings.look;
  }
};
