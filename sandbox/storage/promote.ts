import { planLooks } from './advance.ts';
import { type Answer, done, type Nothing, refuse } from './answer.ts';
import { fileReport } from './daemon.ts';
import { addSchedule } from './mirroring-parameters.ts';
import { REPORTS } from './report.ts';
import { findTarget, isRefusal, type Target, type VolumeRequest } from './request.ts';
import { branchOff, passesThrough } from './timeline.ts';
import { takeSnapshot } from './transfer.ts';
import { imageSpec, inContact, type Mirror, peerOf, type SiteIndex, type World } from './world.ts';

/** Makes a copy the primary. Without force only where the role was handed over; with force the peer may stay primary too. */
export const promoteVolume = (world: World, site: SiteIndex, request: VolumeRequest): Answer<Nothing> => {
  const target = findTarget(world, site, request);
  if (isRefusal(target)) return target;
  const { mirror } = target.copy;
  if (mirror === undefined) return notMirrored(target, request);
  if (mirror.role === 'secondary') {
    const error = promotionError(target, mirror, request.force ?? false);
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

const promotionError = (
  target: Target,
  mirror: Mirror,
  force: boolean,
): { readonly code: 'FailedPrecondition' | 'Internal'; readonly text: string } | undefined => {
  if (mirror.sequence === 0) return { code: 'Internal', text: 'ret=-22, Invalid argument' };
  if (force || isHandedOver(target, mirror)) return undefined;
  return { code: 'FailedPrecondition', text: 'ret=-16, Device or resource busy' };
};

/**
 * Whether a promotion without force is safe. Two demoted copies can both hold the right; the sites in contact look at each
 * other, and without contact only that copy has it whose peer cannot have used it: the receiver of the demotion snapshot,
 * or the demoted one while nobody received it.
 */
const isHandedOver = ({ world, volume, site }: Target, mirror: Mirror): boolean => {
  const { handover } = mirror;
  if (handover === undefined) return false;
  if (!inContact(world)) return handover.from === 'peer' || !handover.received;
  const peer = volume.sides[peerOf(site)].copy?.mirror;
  return peer === undefined || (peer.role === 'secondary' && !isAheadOf(peer, mirror));
};

const isAheadOf = (peer: Mirror, mirror: Mirror): boolean => {
  const position = { epoch: mirror.timeline.epoch, sequence: mirror.sequence };
  const same = peer.timeline.epoch === position.epoch && peer.sequence === position.sequence;
  return !same && passesThrough(peer.timeline, peer.sequence, position);
};

const becomePrimary = (target: Target, mirror: Mirror): void => {
  const { world, volume, site, side } = target;
  const { notice } = world.settings.timings;
  if (side.reports[site]?.state === 'replaying') fileReport(world, target, REPORTS.promotedWhileReplaying);
  const peer = volume.sides[peerOf(site)];
  if (peer.replay !== undefined) peer.replay.transfer = undefined;
  if (inContact(world) && peer.copy?.mirror !== undefined) peer.copy.mirror.handover = undefined;
  volume.epochs += 1;
  mirror.role = 'primary';
  mirror.timeline = branchOff(mirror.timeline, mirror.sequence, `${volume.epochs}`);
  mirror.sequence = 0;
  mirror.snapshots = [];
  mirror.handover = undefined;
  Object.assign(side, { replay: undefined, rebuild: undefined, abandoned: false, removeAt: undefined });
  takeSnapshot(world, target);
  planLooks(world, target, { own: notice, peer: notice });
};
