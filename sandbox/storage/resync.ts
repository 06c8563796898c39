import { type Answer, refuse, succeed } from './answer.ts';
import { findTarget, isRefusal, type Target, type VolumeRequest } from './request.ts';
import { localReport, noSyncState, readSyncState, remoteReport } from './sync-state.ts';
import type { SiteIndex, World } from './world.ts';

/** `ready`: both sites are demoted and have exchanged their last snapshot. */
export type ResyncResponse = { readonly ready: boolean };

/**
 * Tells how far a secondary is and, with force, discards it for a new full copy of the primary. The mark that a demotion
 * left decides on the latter: the new image has none, so that repeated calls do not discard it again.
 */
export const resyncVolume = (
  world: World,
  site: SiteIndex,
  request: VolumeRequest,
): Answer<ResyncResponse> => {
  const target = findTarget(world, site, request);
  if (isRefusal(target)) return target;
  const { mirror } = target.copy;
  if (mirror === undefined) return refuse('InvalidArgument', 'image mirroring is not enabled');
  if (mirror.role === 'primary') return refuse('InvalidArgument', 'image is in primary state');
  const local = localReport(target);
  if (local === undefined) {
    const cause = 'RBD image not found: rbd: ret=-2, No such file or directory';
    return refuse('Unknown', `failed to get local status: failed to get local site status: ${cause}`);
  }
  const remote = remoteReport(target);
  const ready = local.state === 'unknown' && remote?.up === true && remote.state === 'unknown';
  if (request.force === true && mayBeDiscarded(target)) {
    markForRebuild(target);
    return refuse('Unavailable', 'image needs to be recreated: awaiting initial resync due to split brain');
  }
  const sync = readSyncState(local);
  if (!ready && 'missing' in sync) return refuse('Internal', noSyncState(sync.missing));
  return succeed({ ready });
};

const mayBeDiscarded = ({ copy }: Target): boolean =>
  copy.creationMark !== undefined && copy.creationMark === copy.createdAt;

const markForRebuild = ({ world, side, at }: Target): void => {
  side.rebuild ??= { stage: 'marked', until: at + world.settings.timings.discard };
};
