import { type Answer, done, type Nothing, refuse } from './answer.ts';
import { fileReport } from './daemon.ts';
import { awaitLooks, nextScheduleRefresh } from './daemon-turns.ts';
import { addSchedule } from './mirroring-parameters.ts';
import { REPORTS } from './report.ts';
import { findTarget, isRefusal, type Target, type VolumeRequest } from './request.ts';
import { branchOff } from './timeline.ts';
import { takeSnapshot } from './transfer.ts';
import { imageSpec, type Mirror, peerOf, type SiteIndex, type World } from './world.ts';

/** Makes a copy the primary. Without force only where the role was handed over; with force the peer may stay primary too. */
export const promoteVolume = (world: World, site: SiteIndex, request: VolumeRequest): Answer<Nothing> => {
  const target = findTarget(world, site, request);
  if (isRefusal(target)) return target;
  const { mirror } = target.copy;
  if (mirror === undefined) return notMirrored(target, request);
  if (mirror.role === 'secondary') {
    const error = promotionError(mirror, request.force ?? false);
    if (error !== undefined) {
      const text = `failed to promote image "${imageSpec(world, target.volume)}" with error: rbd: ${error.text}`;
      return refuse(error.code, text);
    }
    becomePrimary(target, mirror);
  }
  return addSchedule(target.copy, request.parameters ?? {}) ?? done();
};

/** The answer of Promote and Demote for an image that is not mirrored, or is just being created by a resync. */
export const notMirrored = ({ side }: Target, { volumeId }: VolumeRequest): Answer<Nothing> => {
  const state = side.rebuild === undefined ? 'disabled' : '<unknown>';
  return refuse('InvalidArgument', `mirroring is not enabled on ${volumeId}, image is in ${state} Mode`);
};

/**
 * Why a copy cannot be promoted. librbd asks the copy alone, never the peer: one that was demoted here is promoted again without force even
 * where the peer was promoted meanwhile, until the daemon here has begun to copy from there.
 */
const promotionError = (
  mirror: Mirror,
  force: boolean,
): { readonly code: 'FailedPrecondition' | 'Internal'; readonly text: string } | undefined => {
  if (mirror.sequence === 0) return { code: 'Internal', text: 'ret=-22, Invalid argument' };
  if (force || mirror.handover) return undefined;
  return { code: 'FailedPrecondition', text: 'ret=-16, Device or resource busy' };
};

/**
 * The copy becomes primary, and nobody tells the peer's daemon. Where this copy was demoted only a moment before, the peer still copies from
 * it: it goes on with the new snapshot, and what it wrote last, a sync of before, stands until it writes again. Once it has noticed the demotion
 * it has ended: it says that, without any sync, and keeps the right that the demotion gave it until it looks and finds a primary.
 */
const becomePrimary = (target: Target, mirror: Mirror): void => {
  const { world, volume, site, side, at } = target;
  if (side.replay !== undefined) fileReport(world, target, REPORTS.promotedWhileReplaying);
  const peer = volume.sides[peerOf(site)];
  if (peer.replay !== undefined) peer.replay.transfer = undefined;
  volume.epochs += 1;
  mirror.role = 'primary';
  mirror.timeline = branchOff(mirror.timeline, mirror.sequence, `${volume.epochs}`);
  mirror.sequence = 0;
  mirror.snapshots = [];
  mirror.handover = false;
  mirror.scheduledFrom = nextScheduleRefresh(world, site, at);
  Object.assign(side, { replay: undefined, rebuild: undefined, abandoned: false, removeAt: undefined });
  takeSnapshot(world, target);
  awaitLooks(world, target);
};
