import { type Answer, type Refusal, refuse, succeed } from './answer.ts';
import { findTarget, isRefusal, type Target, type VolumeRequest } from './request.ts';
import { type HeardReport, localReport, noSyncState, readSyncState, remoteReport } from './sync-state.ts';
import type { DriverRelease, SiteIndex, World } from './world.ts';

/** How far the peer is; `health` only where the driver's release tells it. */
export type ReplicationInfo = {
  /** Unix seconds at which the last snapshot that the peer holds whole was taken. */
  readonly lastSyncTime: number;
  readonly lastSyncSeconds: number;
  readonly lastSyncBytes: number;
  readonly health?: {
    readonly status: 'unknown' | 'healthy' | 'degraded' | 'error';
    readonly message: string;
  };
};

/** The codes that changed between the releases: v3.14 and v3.15. */
const CODES: Readonly<Record<DriverRelease, Readonly<Record<'noPeer' | 'neverSynced', Refusal['code']>>>> = {
  'v3.12': { noPeer: 'Internal', neverSynced: 'NotFound' },
  'v3.17': { noPeer: 'NotFound', neverSynced: 'FailedPrecondition' },
};

/** Tells on a primary what its peer last reported to have. */
export const getReplicationInfo = (
  world: World,
  site: SiteIndex,
  request: VolumeRequest,
): Answer<ReplicationInfo> => {
  const target = findTarget(world, site, request);
  if (isRefusal(target)) return target;
  const { mirror } = target.copy;
  if (mirror === undefined) return refuse('InvalidArgument', 'image mirroring is not enabled');
  if (mirror.role !== 'primary') return refuse('InvalidArgument', 'image is not in primary state');
  const codes = CODES[world.settings.release];
  const remote = remoteReport(target);
  if (remote === undefined) {
    const cause = 'RBD image not found: rbd: ret=-2, No such file or directory';
    return refuse(codes.noPeer, `failed to get remote status: ${cause}`);
  }
  const sync = readSyncState(remote);
  if ('missing' in sync) return refuse(codes.neverSynced, noSyncState(sync.missing));
  return succeed({
    lastSyncTime: sync.timestamp,
    lastSyncSeconds: sync.seconds,
    lastSyncBytes: sync.bytes,
    ...(world.settings.release === 'v3.17' ? { health: healthOf(target) } : {}),
  });
};

const healthOf = (target: Target): NonNullable<ReplicationInfo['health']> => {
  const local = localReport(target);
  if (local === undefined) return { status: 'unknown', message: 'status not found' };
  return { status: statusOf(local), message: local.description.split(',', 1)[0] ?? '' };
};

const statusOf = ({ up, state }: HeardReport): 'unknown' | 'healthy' | 'degraded' | 'error' => {
  if (!up) return 'degraded';
  if (state === 'error') return 'error';
  return state === 'unknown' ? 'unknown' : 'healthy';
};
