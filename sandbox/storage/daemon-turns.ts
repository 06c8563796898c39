// When the daemons of a site look. Nobody tells rbd-mirror that an image was promoted or demoted, but for one that it copies at that moment:
// it starts stopped replayers again, and writes the statuses of all, every so many seconds for the whole pool.
import { peerOf, type SiteIndex, type Volume, type World } from './world.ts';

const nextTurn = (startedAt: number, everyMs: number, at: number): number =>
  startedAt + (Math.floor((at - startedAt) / everyMs) + 1) * everyMs;

/** When the mirror daemon of a site looks next. */
export const nextLook = ({ sites, settings }: World, site: SiteIndex, at: number): number =>
  nextTurn(sites[site].startedAt, settings.timings.look, at);

/** When the manager of a site reads next which images are primary. */
export const nextScheduleRefresh = ({ sites, settings }: World, site: SiteIndex, at: number): number =>
  nextTurn(sites[site].startedAt, settings.timings.scheduleRefresh, at);

/** There is something new for the daemon of a site: it finds it when it looks next, unless it comes to the image before. */
export const awaitLook = (world: World, volume: Volume, site: SiteIndex, at: number): void => {
  volume.sides[site].lookAt ??= nextLook(world, site, at);
};

/** The role of a copy changed. Its own daemon has not to do with it any more before its next look, and the peer's has not heard of it. */
export const awaitLooks = (
  world: World,
  { volume, site, at }: { readonly volume: Volume; readonly site: SiteIndex; readonly at: number },
): void => {
  volume.sides[site].lookAt = nextLook(world, site, at);
  awaitLook(world, volume, peerOf(site), at);
};
