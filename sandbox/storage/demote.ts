import { type Answer, done, type Nothing, refuse } from './answer.ts';
import { awaitLooks } from './daemon-turns.ts';
import { notMirrored } from './promote.ts';
import { findTarget, isRefusal, type Target, type VolumeRequest } from './request.ts';
import { takeSnapshot } from './transfer.ts';
import { imageSpec, type Mirror, type SiteIndex, type World } from './world.ts';

/** Makes a primary a secondary; the snapshot it takes lets it and whoever receives it be promoted without force. */
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
  const { world, copy, side } = target;
  copy.creationMark ??= copy.createdAt;
  mirror.role = 'secondary';
  mirror.handover = true;
  mirror.scheduledFrom = undefined;
  side.replay = undefined;
  takeSnapshot(world, target, true);
  awaitLooks(world, target);
};
