// What a mirror daemon (rbd-mirror) does on one site when it looks at a volume.
import { emptyContent } from './content.ts';
import { REPORTS, replayReport } from './report.ts';
import { canFollow, hasCaughtUp, type Moment, startTransfer } from './transfer.ts';
import { type Copy, inContact, type Mirror, peerOf, type Report, type Side, type World } from './world.ts';

/** Stores what the daemon of a site says in its own pool and, when they hear each other, in the peer's. */
export const fileReport = (world: World, { volume, site }: Moment, report: Report): void => {
  volume.sides[site].reports[site] = report;
  const peer = volume.sides[peerOf(site)];
  if (inContact(world) && peer.copy?.mirror !== undefined) peer.reports[site] = report;
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
    handover: undefined,
  };
};

/** The daemon looks at the image, files its report and starts or ends copying. */
export const look = (world: World, moment: Moment): void => {
  const { volume, site, at } = moment;
  const side = volume.sides[site];
  const peer = volume.sides[peerOf(site)];
  side.lookAt = undefined;
  side.lastLookAt = at;
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
  const follows = canFollow(mirror, sender);
  if (sender.role === 'primary' && !follows) {
    side.replay = undefined;
    fileReport(world, moment, REPORTS.splitBrain);
  } else if (sender.role === 'primary' || (follows && isBehind(mirror, sender))) {
    replayFrom(world, moment, sender);
  } else {
    side.replay = undefined;
    fileReport(world, moment, REPORTS.peerNotPrimary);
  }
};

/** A demoted peer is still copied from up to its demotion snapshot. */
const isBehind = (mirror: Mirror, sender: Mirror): boolean =>
  sender.handover?.from === 'self' && !hasCaughtUp(mirror, sender);

const replayFrom = (world: World, moment: Moment, sender: Mirror): void => {
  const { volume, site, at } = moment;
  const side = volume.sides[site];
  side.replay ??= { since: at, snapshots: 0, bytes: 0, last: undefined, transfer: undefined };
  startTransfer(world, moment);
  const newestAt = sender.snapshots.at(-1)?.takenAt;
  fileReport(world, moment, replayReport(side.replay, { at, newestAt, mode: sender.mode }));
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
    rebuild.until = at + timings.report;
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
    side.removeAt = at + world.settings.timings.report;
  }
};
