import { type Answer, refuse, succeed } from './answer.ts';
import { findTarget, isRefusal, type VolumeRequest } from './request.ts';
import { remoteReport } from './sync-state.ts';
import { formatVolumeHandle } from './volume-handle.ts';
import type { SiteIndex, World } from './world.ts';

/** The volume on the peer. */
export type Destination = { readonly volumeId: string };

/** Tells under which id the peer knows a mirrored volume. Released ceph-csi does not have this call yet. */
export const getDestination = (
  world: World,
  site: SiteIndex,
  request: VolumeRequest,
): Answer<Destination> => {
  const target = findTarget(world, site, request);
  if (isRefusal(target)) return target;
  if (target.copy.mirror === undefined) return refuse('FailedPrecondition', 'image mirroring is not enabled');
  if (remoteReport(target) === undefined) {
    return refuse('Unavailable', 'the peer has not reported this image yet');
  }
  const { clusterId, poolIds } = world.settings;
  const poolId = poolIds[site === 0 ? 1 : 0];
  return succeed({ volumeId: formatVolumeHandle({ clusterId, poolId, uuid: target.volume.uuid }) });
};
