// Enable and disable: whether a volume is mirrored at all.
import { type Answer, done, type Nothing, type Refusal, refuse } from './answer.ts';
import { look } from './daemon.ts';
import { nextScheduleRefresh } from './daemon-turns.ts';
import { checkModes, checkScheduling, parseForce } from './mirroring-parameters.ts';
import { findTarget, isRefusal, type Target, type VolumeRequest } from './request.ts';
import { takeSnapshot } from './transfer.ts';
import { imageSpec, inContact, peerOf, type SiteIndex, type World } from './world.ts';

/** Makes an image the primary of a mirrored volume. One that is mirrored already stays what it is. */
export const enableMirroring = (world: World, site: SiteIndex, request: VolumeRequest): Answer<Nothing> => {
  const target = findTarget(world, site, request, checkScheduling);
  if (isRefusal(target)) return target;
  const refusal = checkModes(request.parameters ?? {});
  if (refusal !== undefined) return refusal;
  if (target.copy.mirror !== undefined) return done();
  if (target.side.rebuild !== undefined) {
    const image = imageSpec(world, target.volume);
    return refuse(
      'Internal',
      `failed to enable mirroring on "${image}" with error: rbd: ret=-22, Invalid argument`,
    );
  }
  const orphaned = partWithParent(target, request.parameters?.['flattenMode']);
  if (orphaned !== undefined) return orphaned;
  startMirroring(target, request.parameters?.['mirroringMode'] === 'journal' ? 'journal' : 'snapshot');
  return done();
};

/** A clone is mirrored only once it stands by itself: `flattenMode: force` of the class makes it so. As ceph-csi words it. */
const partWithParent = ({ world, volume, copy }: Target, flattenMode = 'never'): Refusal | undefined => {
  if (copy.parent === undefined) return undefined;
  if (flattenMode !== 'force') {
    const image = imageSpec(world, volume);
    const why = `failed to enable mirroring on image "${image}": parent image "${copy.parent}" is not enabled for mirroring`;
    return refuse('FailedPrecondition', `failed precondition: ${why}`);
  }
  delete copy.parent;
  return undefined;
};

const startMirroring = (target: Target, mode: 'snapshot' | 'journal'): void => {
  const { world, volume, site, side, copy, at } = target;
  volume.epochs += 1;
  copy.mirror = {
    mode,
    role: 'primary',
    timeline: { epoch: `${volume.epochs}`, past: [] },
    sequence: 0,
    snapshotAt: 0,
    snapshots: [],
    handover: false,
    scheduledFrom: nextScheduleRefresh(world, site, at),
  };
  side.reports = [undefined, undefined];
  takeSnapshot(world, target);
  const noticedAt = at + world.settings.timings.notice;
  side.lookAt = noticedAt;
  if (inContact(world)) volume.sides[peerOf(site)].lookAt = noticedAt;
};

/** Ends mirroring of a primary; the peer's copy goes with it. On a healthy secondary nothing happens: the peer owns it. */
export const disableMirroring = (world: World, site: SiteIndex, request: VolumeRequest): Answer<Nothing> => {
  const target = findTarget(world, site, request);
  if (isRefusal(target)) return target;
  const force = parseForce(request.parameters ?? {});
  if (typeof force !== 'boolean') return force;
  const { mirror } = target.copy;
  if (mirror === undefined) return done();
  if (mirror.role === 'secondary') return disableOnSecondary(target);
  target.copy.mirror = undefined;
  target.side.reports = [undefined, undefined];
  target.side.lookAt = undefined;
  abandonPeer(target);
  return done();
};

const disableOnSecondary = ({ side, site }: Target): Answer<Nothing> => {
  const report = side.reports[site];
  if (report === undefined) {
    return refuse('InvalidArgument', 'failed to get local state: invalid arguments provided');
  }
  if (report.state === 'replaying') return done();
  const status = `secondary image status is up=true and state=${report.state}`;
  return refuse('InvalidArgument', `invalid arguments provided: ${status}`);
};

/** The peer's daemon learns that its primary is gone: at once, or when the sites hear each other again. */
export const abandonPeer = ({ world, volume, site, at }: Target): void => {
  const peer = peerOf(site);
  const side = volume.sides[peer];
  if (side.copy?.mirror?.role !== 'secondary') return;
  side.abandoned = true;
  if (side.replay !== undefined) side.replay.transfer = undefined;
  if (inContact(world)) look(world, { volume, site: peer, at });
};
