import { changedBytes, contentOf, freezeContent } from './content.ts';
import { awaitLook } from './daemon-turns.ts';
import { passesThrough } from './timeline.ts';
import {
  inContact,
  type Mirror,
  peerOf,
  type SiteIndex,
  type Snapshot,
  type Volume,
  type World,
} from './world.ts';

/** As Ceph's `rbd_mirroring_max_mirroring_snapshots`. */
const KEPT_SNAPSHOTS = 5;

/** A place in the volume at one moment. */
export type Moment = { readonly volume: Volume; readonly site: SiteIndex; readonly at: number };

/** Takes a mirror snapshot of a primary (or, with `demotion`, of one that just stopped to be) and lets the peer fetch it. */
export const takeSnapshot = (world: World, { volume, site, at }: Moment, demotion = false): void => {
  const { copy } = volume.sides[site];
  const mirror = copy?.mirror;
  if (copy === undefined || mirror === undefined) return;
  mirror.sequence += 1;
  mirror.snapshotAt = at;
  copy.dirtySince = undefined;
  mirror.snapshots.push({
    sequence: mirror.sequence,
    takenAt: at,
    blocks: freezeContent(copy.head),
    demotion,
  });
  dropSnapshots(volume, site, mirror);
  startTransfer(world, { volume, site: peerOf(site), at });
};

/** Forgets snapshots that the peer has passed, and the oldest ones while it does not come for them. */
const dropSnapshots = (volume: Volume, site: SiteIndex, mirror: Mirror): void => {
  const peer = volume.sides[peerOf(site)];
  const travelling = peer.replay?.transfer?.snapshot.sequence;
  const position = peer.copy?.mirror;
  const received = position?.timeline.epoch === mirror.timeline.epoch ? position.sequence : 0;
  const newest = mirror.snapshots.at(-1);
  const needed = mirror.snapshots.filter((snapshot) => snapshot === newest || snapshot.sequence > received);
  while (needed.length > KEPT_SNAPSHOTS) {
    const oldest = needed.findIndex(({ sequence }) => sequence !== travelling);
    needed.splice(oldest, 1);
  }
  mirror.snapshots = needed;
};

/** Whether the history of `sender` is one that `receiver` can follow; a copy without a whole snapshot follows any. */
export const canFollow = (receiver: Mirror, sender: Mirror): boolean =>
  receiver.sequence === 0 ||
  passesThrough(sender.timeline, sender.sequence, {
    epoch: receiver.timeline.epoch,
    sequence: receiver.sequence,
  });

/** Whether `mirror` holds everything up to the newest snapshot of `sender`. */
export const hasCaughtUp = (receiver: Mirror, sender: Mirror): boolean =>
  receiver.timeline.epoch === sender.timeline.epoch && receiver.sequence === sender.sequence;

const nextSnapshotFor = (receiver: Mirror, sender: Mirror): Snapshot | undefined => {
  if (receiver.sequence === 0) return sender.snapshots.at(-1);
  if (receiver.timeline.epoch !== sender.timeline.epoch) return sender.snapshots[0];
  return sender.snapshots.find(({ sequence }) => sequence > receiver.sequence);
};

/** Lets the daemon of a site fetch the next snapshot, if it replays, nothing travels yet and the peer is in contact. */
export const startTransfer = (world: World, { volume, site, at }: Moment): void => {
  const { replay, copy } = volume.sides[site];
  const sender = volume.sides[peerOf(site)].copy?.mirror;
  const receiver = copy?.mirror;
  if (replay === undefined || replay.transfer !== undefined || !inContact(world)) return;
  if (receiver?.role !== 'secondary' || sender === undefined || !canFollow(receiver, sender)) return;
  const snapshot = nextSnapshotFor(receiver, sender);
  if (snapshot === undefined || copy === undefined) return;
  const bytes = changedBytes(copy.head.blocks, snapshot.blocks);
  const { timings, bytesPerSecond, clockFactor } = world.settings;
  // The copy that is begun hands nothing over, whatever the one before it did.
  receiver.handover = false;
  const duration = timings.transferLatency + ((bytes / bytesPerSecond) * 1_000) / clockFactor;
  replay.transfer = { snapshot, bytes, startedAt: at, doneAt: at + duration };
};

/** The snapshot that travelled is whole on this site: the copy becomes it in one step, and the next one may come. */
export const finishTransfer = (world: World, { volume, site, at }: Moment): void => {
  const side = volume.sides[site];
  const { replay, copy } = side;
  const sender = volume.sides[peerOf(site)].copy?.mirror;
  const transfer = replay?.transfer;
  if (replay === undefined || transfer === undefined) return;
  replay.transfer = undefined;
  const mirror = copy?.mirror;
  if (copy === undefined || mirror === undefined || sender === undefined) return;
  const { snapshot, bytes } = transfer;
  copy.head = contentOf(snapshot.blocks);
  mirror.timeline = sender.timeline;
  mirror.sequence = snapshot.sequence;
  mirror.snapshotAt = snapshot.takenAt;
  mirror.handover = snapshot.demotion;
  const seconds = Math.floor(((at - transfer.startedAt) / 1_000) * world.settings.clockFactor);
  replay.last = { takenAt: snapshot.takenAt, bytes, seconds };
  replay.snapshots += 1;
  replay.bytes += bytes;
  if (snapshot.demotion) side.lookAt = Math.max(at, snapshot.takenAt + world.settings.timings.notice);
  else awaitLook(world, volume, site, at);
  startTransfer(world, { volume, site, at });
};
