import { isHeard } from './advance.ts';
import { peerOf, type Report, type SiteIndex, type Volume, type World } from './world.ts';

/** What `rbd mirror image status` tells of an image: its own daemon's report and, as last heard, the peer's. */
export type MirrorStatus = {
  /** Daemon and image, e.g. `up+replaying`, `down+unknown`. */
  readonly state: string;
  readonly description: string;
  readonly primary: boolean;
  readonly peers: readonly { readonly site: string; readonly state: string; readonly description: string }[];
};

const printReport = (
  report: Report | undefined,
  heard: boolean,
): { readonly state: string; readonly description: string } =>
  report === undefined
    ? { state: 'down+unknown', description: 'status not found' }
    : { state: `${heard ? 'up' : 'down'}+${report.state}`, description: report.description };

/** The status of an image on a site, or the text with which `rbd` refuses to tell it. */
export const readMirrorStatus = (
  world: World,
  {
    site,
    volume,
    imageName,
    at,
  }: { site: SiteIndex; volume: Volume | undefined; imageName: string; at: number },
): MirrorStatus | string => {
  const side = volume?.sides[site];
  if (side?.copy === undefined) {
    return `rbd: error opening image ${imageName}: (2) No such file or directory`;
  }
  if (side.copy.mirror === undefined) return 'rbd: mirroring not enabled on the image';
  const peer = peerOf(site);
  return {
    ...printReport(side.reports[site], true),
    primary: side.copy.mirror.role === 'primary',
    peers: [
      { site: world.sites[peer].name, ...printReport(side.reports[peer], isHeard(world, site, peer, at)) },
    ],
  };
};
