import { type Answer, done, type Nothing, refuse } from './answer.ts';
import { primaryMirror } from './daemon.ts';
import { notMirrored } from './promote.ts';
import { findTarget, isRefusal, type Target, type VolumeRequest } from './request.ts';
import { takeSnapshot } from './transfer.ts';
import { imageSpec, inContact, type Mirror, peerOf, type SiteIndex, type World } from './world.ts';

/** Makes a primary a secondary; the snapshot it takes hands the role over to whoever receives it. */
export const demoteVolume = (world: World, site: SiteIndex, request: VolumeRequest): Answer<Nothing> => {
  const target = findTarget(world, site, request);
  if (isRefusal(target)) return target;
  const { copy } = target;
  if (copy.mirror === undefined) return notMirrored(target, request);
  if (copy.mirror.role === 'secondary') return done();
  const [node] = copy.publishedOn;
  if (node !== undefined) {
    const key = `.rbd.csi.ceph.com/clientaddress/${request.volumeId}/${node}`;
    const place = `on the image "${imageSpec(world, target.volume)}"`;
    return refuse(
      'FailedPrecondition',
      `volume cannot be demoted: metadata "${key}" is still present ${place}`,
    );
  }
  becomeSecondary(target, copy.mirror);
  return done();
};

const becomeSecondary = (target: Target, mirror: Mirror): void => {
  const { world, volume, site, copy, side } = target;
  const { timings } = world.settings;
  copy.creationMark ??= copy.createdAt;
  mirror.role = 'secondary';
  mirror.handover = { from: 'self', received: false };
  side.replay = undefined;
  takeSnapshot(world, target, true);
  const split = inContact(world) && primaryMirror(volume.sides[peerOf(site)]) !== undefined;
  side.lookAt = target.at + (split ? timings.noticeSplitBrain : timings.noticeOwnDemotion);
};
