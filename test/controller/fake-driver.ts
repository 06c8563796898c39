import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import type { GrpcCode, Rpc } from '../../core/replication/answer.ts';
import { grpcCodes } from '../../core/replication/answer.ts';
import { identityService } from '../../csi/identity.ts';
import { replicationService } from '../../csi/replication.ts';

/** What the fake answers to one call. */
export type FakeAnswer =
  | { code: Exclude<GrpcCode, 'OK'>; message: string }
  | { code: 'OK'; response?: Record<string, unknown> };

export type FakeCall = {
  rpc: Rpc;
  volumeId: string;
  sourceId: string | undefined;
  force: boolean;
  parameters: Record<string, string>;
  secrets: Record<string, string>;
};

/** A csi-addons driver for tests at the gRPC port: it answers what the test says, and keeps what it was asked. */
export type FakeDriver = {
  calls: FakeCall[];
  /** Calls of one volume that were running at the same time, at most. */
  overlap(): number;
  close(): Promise<void>;
};

const ok: FakeAnswer = { code: 'OK' };

/**
 * What a driver tells of the last sync whose other side follows at once: nothing in the pass of the promote, then a snapshot that was
 * taken since. Undefined for other calls.
 */
export const followedAtOnce = (call: FakeCall, earlier: readonly FakeCall[]): FakeAnswer | undefined => {
  if (call.rpc !== 'info') return undefined;
  const ofVolume = earlier.filter(({ sourceId }) => sourceId === call.sourceId).map(({ rpc }) => rpc);
  if (ofVolume.lastIndexOf('info') < ofVolume.lastIndexOf('promote'))
    return { code: 'NotFound', message: 'failed to get last sync info: empty local snapshot timestamp' };
  const statusMessage = 'local image is primary';
  return {
    code: 'OK',
    response: { lastSyncTime: new Date(), lastSyncBytes: 4_096, status: 1, statusMessage },
  };
};

/** As ceph-csi answers of what is no primary; undefined for other calls, and of what was promoted. */
export const tellsReplica = (
  { rpc, sourceId }: FakeCall,
  earlier: readonly FakeCall[],
): FakeAnswer | undefined =>
  rpc === 'info' && !earlier.some((call) => call.rpc === 'promote' && call.sourceId === sourceId)
    ? { code: 'InvalidArgument', message: 'image is not in primary state' }
    : undefined;

/** Serves on a unix socket until closed. Left to itself it answers OK, and tells of no sync of what it never promoted. */
export const startFakeDriver = async (options: {
  socket: string;
  name: string;
  latencyMs?: number;
  destination?: boolean;
  answer?: (call: FakeCall, earlier: readonly FakeCall[]) => FakeAnswer | Promise<FakeAnswer>;
  probe?: () => Promise<boolean>;
}): Promise<FakeDriver> => {
  const calls: FakeCall[] = [];
  const running = new Map<string, number>();
  let overlap = 0;
  const serve =
    (rpc: Rpc) =>
    async (incoming: ServerUnaryCall<Record<string, never>, unknown>, done: sendUnaryData<unknown>) => {
      const request = incoming.request as Record<string, unknown>;
      const source = request['replicationSource'] as { type?: { value: { volumeId?: string } } } | undefined;
      const call: FakeCall = {
        rpc,
        volumeId: (request['volumeId'] as string | undefined) ?? '',
        sourceId: source?.type?.value.volumeId,
        force: request['force'] === true,
        parameters: (request['parameters'] as Record<string, string> | undefined) ?? {},
        secrets: (request['secrets'] as Record<string, string> | undefined) ?? {},
      };
      const earlier = [...calls];
      calls.push(call);
      const key = call.sourceId ?? call.volumeId;
      running.set(key, (running.get(key) ?? 0) + 1);
      overlap = Math.max(overlap, running.get(key) ?? 0);
      if (options.latencyMs) await delay(options.latencyMs);
      const answer = (await options.answer?.(call, earlier)) ?? tellsReplica(call, earlier) ?? ok;
      running.set(key, (running.get(key) ?? 1) - 1);
      if (answer.code === 'OK') done(null, answer.response ?? {});
      else done({ code: grpcCodes.indexOf(answer.code), details: answer.message });
    };
  const server = new Server();
  server.addService(identityService as never, {
    getIdentity: (_: unknown, done: sendUnaryData<unknown>) =>
      done(null, { name: options.name, vendorVersion: 'test', manifest: {} }),
    getCapabilities: (_: unknown, done: sendUnaryData<unknown>) =>
      done(null, {
        capabilities: [1, ...(options.destination ? [2] : [])].map((type) => ({
          type: { $case: 'volumeReplication', value: { type } },
        })),
      }),
    probe: async (_: unknown, done: sendUnaryData<unknown>) => {
      const ready = (await options.probe?.()) ?? true;
      if (ready) done(null, { ready });
      else done({ code: status.FAILED_PRECONDITION, details: 'not ready' });
    },
  });
  server.addService(replicationService as never, {
    enableVolumeReplication: serve('enable'),
    disableVolumeReplication: serve('disable'),
    promoteVolume: serve('promote'),
    demoteVolume: serve('demote'),
    resyncVolume: serve('resync'),
    getVolumeReplicationInfo: serve('info'),
    getReplicationDestinationInfo: serve('destination'),
  });
  await rm(options.socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix://${options.socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  return {
    calls,
    overlap: () => overlap,
    close: async () => {
      server.forceShutdown();
      await rm(options.socket, { force: true });
    },
  };
};
