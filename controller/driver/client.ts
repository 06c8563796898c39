import { connectivityState, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { messageOf } from '../../core/model/error.ts';
import {
  type Answer,
  type DestinationAnswer,
  type Failure,
  grpcCodes,
  type InfoAnswer,
  type ResyncAnswer,
  type Rpc,
  type SyncInfo,
} from '../../core/replication/answer.ts';
import { type Capability, IdentityClient, VolumeReplicationCapability } from '../../csi/identity.ts';
import {
  type GetReplicationDestinationInfoResponse,
  type GetVolumeReplicationInfoResponse,
  ReplicationClient,
  ReplicationHealth,
} from '../../csi/replication.ts';

/** One call about one volume. */
export type DriverCall = {
  rpc: Rpc;
  force: boolean;
  volumeHandle: string;
  replicationId: string;
  parameters: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, string>>;
};

/** What a driver says of itself. */
export type DriverIdentity = {
  name: string;
  vendorVersion: string;
  replicates: boolean;
  knowsDestination: boolean;
};

/** The gRPC calls of a csi-addons driver. Nothing here throws for what a driver answers. */
export type DriverClient = {
  call(call: DriverCall): Promise<Answer | ResyncAnswer | InfoAnswer | DestinationAnswer>;
  /** Whether the connection of the last call is still there; after a new one it may be another driver. */
  isConnected(): boolean;
  /** Whether the driver is ready; a failure where it does not answer. */
  probe(timeoutMs: number): Promise<Answer>;
  identify(timeoutMs: number): Promise<{ ok: true; identity: DriverIdentity } | Failure>;
  close(): void;
};

/** What the driver looks at before it answers is read only: it need not have minutes for it. */
const readTimeoutMs = 30_000;

type Unary<Response> = (callback: (error: ServiceError | null, response: Response) => void) => unknown;

/** A condition holds 32 KiB; a status that is refused for its length would say nothing at all. */
const longestDescription = 8_192;

const failureFrom = ({ code, details }: ServiceError): Failure => ({
  ok: false,
  code: grpcCodes[code] ?? 'Unknown',
  description: details.length > longestDescription ? `${details.slice(0, longestDescription)} …` : details,
});

/** The end of the last year that RFC 3339 can name. */
const endOfTime = Date.UTC(10_000, 0, 1);

/** The time of a sync; before 1970 (Go's zero time) and after the year 9999 it is none. */
const syncTime = (time: Date | undefined): number | undefined => {
  const ms = time?.getTime() ?? 0;
  return ms > 0 && ms < endOfTime ? ms : undefined;
};

const ask = <Response, Result>(
  unary: Unary<Response>,
  read: (response: Response) => Result,
): Promise<Result | Failure> =>
  new Promise((resolve) => {
    try {
      unary((error, response) => resolve(error === null ? read(response) : failureFrom(error)));
    } catch (error) {
      // The channel was closed meanwhile: grpc-js throws then, and calls nobody back.
      resolve({ ok: false, code: 'Unavailable', description: messageOf(error) });
    }
  });

const health = (value: number): SyncInfo['health'] => {
  if (value === ReplicationHealth.HEALTHY) return 'healthy';
  if (value === ReplicationHealth.DEGRADED) return 'degraded';
  return value === ReplicationHealth.ERROR ? 'error' : 'unknown';
};

const syncInfo = (response: GetVolumeReplicationInfoResponse): SyncInfo => ({
  lastSyncTime: syncTime(response.lastSyncTime),
  lastSyncDuration: response.lastSyncDuration && {
    seconds: response.lastSyncDuration.seconds,
    nanos: response.lastSyncDuration.nanos,
  },
  lastSyncBytes: response.lastSyncBytes,
  health: health(response.status),
  message: response.statusMessage,
});

const has = (capabilities: readonly Capability[], wanted: number): boolean =>
  capabilities.some(({ type }) => type?.$case === 'volumeReplication' && type.value.type === wanted);

/**
 * A client of the driver at a `unix:///…` address. Sends both the volume id of old drivers and the replication source of new
 * ones. Connects by itself, again and again, when a call is made.
 */
export const createDriverClient = (options: {
  address: string;
  rpcTimeoutMs: number;
  now: () => number;
}): DriverClient => {
  const { address, rpcTimeoutMs, now } = options;
  const channelOptions = {
    'grpc.initial_reconnect_backoff_ms': 250,
    'grpc.max_reconnect_backoff_ms': 5_000,
    'grpc.enable_retries': 0,
    // One connection of our own: two controllers in one process must not share its fate.
    'grpc.use_local_subchannel_pool': 1,
  };
  const replication = new ReplicationClient(address, credentials.createInsecure(), channelOptions);
  const identity = new IdentityClient(address, credentials.createInsecure(), {
    ...channelOptions,
    channelOverride: replication.getChannel(),
  });
  const metadata = new Metadata();
  const within = (ms: number) => ({ deadline: now() + ms });
  const yes = (): Answer => ({ ok: true });

  const calls = {
    enable: (r) =>
      ask((done) => replication.enableVolumeReplication(r, metadata, within(rpcTimeoutMs), done), yes),
    disable: (r) =>
      ask((done) => replication.disableVolumeReplication(r, metadata, within(rpcTimeoutMs), done), yes),
    promote: (r) => ask((done) => replication.promoteVolume(r, metadata, within(rpcTimeoutMs), done), yes),
    demote: (r) => ask((done) => replication.demoteVolume(r, metadata, within(rpcTimeoutMs), done), yes),
    resync: (r) =>
      ask(
        (done) => replication.resyncVolume(r, metadata, within(rpcTimeoutMs), done),
        ({ ready }: { ready: boolean }): ResyncAnswer => ({ ok: true, ready }),
      ),
    info: (r) =>
      ask(
        (done) =>
          replication.getVolumeReplicationInfo(
            r,
            metadata,
            within(Math.min(rpcTimeoutMs, readTimeoutMs)),
            done,
          ),
        (response: GetVolumeReplicationInfoResponse): InfoAnswer => ({ ok: true, info: syncInfo(response) }),
      ),
    destination: (r) =>
      ask(
        (done) =>
          replication.getReplicationDestinationInfo(
            r,
            metadata,
            within(Math.min(rpcTimeoutMs, readTimeoutMs)),
            done,
          ),
        ({ replicationDestination }: GetReplicationDestinationInfoResponse): DestinationAnswer => {
          const type = replicationDestination?.type;
          return type?.$case === 'volume' && type.value.volumeId !== ''
            ? { ok: true, volumeId: type.value.volumeId }
            : { ok: false, code: 'Internal', description: 'the driver named no destination volume' };
        },
      ),
  } as const satisfies Record<
    Rpc,
    (request: Request) => Promise<Answer | ResyncAnswer | InfoAnswer | DestinationAnswer>
  >;

  return {
    call: ({ rpc, force, volumeHandle, replicationId, parameters, secrets }) =>
      calls[rpc]({
        volumeId: volumeHandle,
        force,
        parameters: { ...parameters },
        secrets: { ...secrets },
        replicationId,
        replicationSource: { type: { $case: 'volume', value: { volumeId: volumeHandle } } },
      }),
    isConnected: () => replication.getChannel().getConnectivityState(false) === connectivityState.READY,
    probe: (timeoutMs) =>
      ask(
        (done) => identity.probe({}, metadata, within(timeoutMs), done),
        // An absent answer means ready.
        ({ ready }: { ready: boolean | undefined }): Answer =>
          ready === false
            ? { ok: false, code: 'FailedPrecondition', description: 'it says it is not ready' }
            : { ok: true },
      ),
    identify: async (timeoutMs) => {
      const who = await ask(
        (done) => identity.getIdentity({}, metadata, within(timeoutMs), done),
        ({ name, vendorVersion }: { name: string; vendorVersion: string }) => ({
          ok: true as const,
          name,
          vendorVersion,
        }),
      );
      if (!who.ok) return who;
      return ask(
        (done) => identity.getCapabilities({}, metadata, within(timeoutMs), done),
        ({ capabilities }: { capabilities: Capability[] }) => ({
          ok: true as const,
          identity: {
            name: who.name,
            vendorVersion: who.vendorVersion,
            replicates: has(capabilities, VolumeReplicationCapability.VOLUME_REPLICATION),
            knowsDestination: has(capabilities, VolumeReplicationCapability.GET_REPLICATION_DESTINATION_INFO),
          },
        }),
      );
    },
    close: () => replication.close(),
  };
};

type Request = {
  volumeId: string;
  force: boolean;
  parameters: Record<string, string>;
  secrets: Record<string, string>;
  replicationId: string;
  replicationSource: { type: { $case: 'volume'; value: { volumeId: string } } };
};
