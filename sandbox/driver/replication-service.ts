import type {
  GetVolumeReplicationInfoResponse,
  ReplicationServer,
  ReplicationSource,
} from '../../csi/replication.ts';
import { ReplicationHealth } from '../../csi/replication.ts';
import { type Answer, refuse } from '../storage/answer.ts';
import type { ReplicationInfo } from '../storage/replication-info.ts';
import type { VolumeRequest } from '../storage/request.ts';
import type { SiteArray } from '../storage/site-array.ts';
import type { createCalls } from './calls.ts';
import type { Rpc } from './faults.ts';

type WireRequest = {
  readonly volumeId?: string;
  readonly replicationSource: ReplicationSource | undefined;
  readonly secrets: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly force?: boolean;
};

/** The id that a request is about: of its volume, else of its group, else the field of before both. */
const volumeIdOf = ({ replicationSource, volumeId = '' }: WireRequest): string => {
  const source = replicationSource?.type;
  if (source?.$case === 'volume') return source.value.volumeId;
  if (source?.$case === 'volumegroup') return source.value.volumeGroupId;
  return volumeId;
};

const readRequest = (request: WireRequest, busy: boolean): VolumeRequest => ({
  volumeId: volumeIdOf(request),
  secrets: request.secrets,
  parameters: request.parameters ?? {},
  force: request.force ?? false,
  busy,
});

const HEALTH = {
  unknown: ReplicationHealth.UNKNOWN,
  healthy: ReplicationHealth.HEALTHY,
  degraded: ReplicationHealth.DEGRADED,
  error: ReplicationHealth.ERROR,
} as const;

const writeInfo = (info: ReplicationInfo): GetVolumeReplicationInfoResponse => ({
  lastSyncTime: new Date(info.lastSyncTime * 1_000),
  lastSyncDuration: { seconds: info.lastSyncSeconds, nanos: 0 },
  lastSyncBytes: info.lastSyncBytes,
  status: HEALTH[info.health?.status ?? 'unknown'],
  statusMessage: info.health?.message ?? '',
});

/** The calls of `replication.Controller` on one array. */
export const createReplicationService = (
  array: SiteArray,
  call: ReturnType<typeof createCalls>,
  { destinationInfo }: { readonly destinationInfo: boolean },
): ReplicationServer => {
  const handle = <Result, Response>(
    rpc: Rpc,
    carryOut: (request: VolumeRequest) => Answer<Result>,
    respond: (result: Result) => Response,
  ) =>
    call<WireRequest, Result, Response>({
      facts: (request) => ({ rpc, volumeId: volumeIdOf(request), force: request.force }),
      carryOut: (request, busy) => carryOut(readRequest(request, busy)),
      respond,
    });
  return {
    enableVolumeReplication: handle('enable', array.enable, () => ({})),
    disableVolumeReplication: handle('disable', array.disable, () => ({})),
    promoteVolume: handle('promote', array.promote, () => ({})),
    demoteVolume: handle('demote', array.demote, () => ({})),
    resyncVolume: handle('resync', array.resync, ({ ready }) => ({ ready })),
    getVolumeReplicationInfo: handle('info', array.info, writeInfo),
    getReplicationDestinationInfo: handle(
      'destination',
      (request) => (destinationInfo ? array.destination(request) : unimplemented()),
      ({ volumeId }) => ({
        replicationDestination: { type: { $case: 'volume', value: { volumeId } } },
      }),
    ),
  };
};

const unimplemented = () => refuse('Unimplemented', 'method GetReplicationDestinationInfo not implemented');
