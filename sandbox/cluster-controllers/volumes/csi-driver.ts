import {
  type CallOptions,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import {
  AccessMode,
  type CreateVolumeRequest,
  CsiControllerClient,
  type VolumeCapability,
} from '../../../csi/csi.ts';
import type { StorageDriver, VolumeOrder, VolumeUse } from './storage-driver.ts';

const deadlineMs = 30_000;

/** Kubernetes' access modes as CSI names them. */
const modes: Record<string, number> = {
  ReadWriteOnce: AccessMode.SINGLE_NODE_WRITER,
  ReadOnlyMany: AccessMode.MULTI_NODE_READER_ONLY,
  ReadWriteMany: AccessMode.MULTI_NODE_MULTI_WRITER,
  ReadWriteOncePod: AccessMode.SINGLE_NODE_SINGLE_WRITER,
};

const capabilityOf = (mode: string, { isBlock, fsType }: VolumeUse): VolumeCapability => ({
  accessType: isBlock
    ? { $case: 'block', value: {} }
    : { $case: 'mount', value: { fsType, mountFlags: [], volumeMountGroup: '' } },
  accessMode: { mode: (modes[mode] ?? AccessMode.SINGLE_NODE_WRITER) as AccessMode },
});

const capabilitiesOf = (use: VolumeUse): VolumeCapability[] =>
  (use.accessModes.length === 0 ? ['ReadWriteOnce'] : use.accessModes).map((mode) => capabilityOf(mode, use));

const contentSourceOf = ({ sourceHandle }: VolumeOrder): CreateVolumeRequest['volumeContentSource'] =>
  sourceHandle === undefined ? undefined : { type: { $case: 'volume', value: { volumeId: sourceHandle } } };

type Answer<T> = (error: ServiceError | null, response: T) => void;

/** Go's text for a gRPC failure, which is what Events of the sidecars show. */
const failureText = ({ code, details }: ServiceError): string =>
  `rpc error: code = ${goCodeName(code)} desc = ${details}`;

/** `FAILED_PRECONDITION` is `FailedPrecondition` in Go. */
const goCodeName = (code: status): string =>
  (status[code] ?? 'UNKNOWN')
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/**
 * The CSI driver behind a unix socket, as the sidecars of Kubernetes call it. The connection is made with the first call, and
 * again whenever it is lost.
 */
export const connectDriver = (options: {
  name: string;
  socketPath: string;
  /** Milliseconds since the epoch. */
  now: () => number;
  signal: AbortSignal;
}): StorageDriver => {
  const client = new CsiControllerClient(`unix:${options.socketPath}`, credentials.createInsecure());
  options.signal.addEventListener('abort', () => client.close(), { once: true });

  const call = <T>(
    start: (metadata: Metadata, callOptions: Partial<CallOptions>, answer: Answer<T>) => ClientUnaryCall,
    signal: AbortSignal,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      const settings = { deadline: options.now() + deadlineMs, waitForReady: true };
      const running = start(new Metadata(), settings, (error, response) => {
        signal.removeEventListener('abort', cancel);
        if (error === null) resolve(response);
        else reject(new Error(failureText(error), { cause: error }));
      });
      const cancel = (): void => running.cancel();
      signal.addEventListener('abort', cancel, { once: true });
    });

  return {
    name: options.name,
    createVolume: async (order, signal) => {
      const request = {
        name: order.name,
        capacityRange: { requiredBytes: order.capacityBytes, limitBytes: 0 },
        volumeCapabilities: capabilitiesOf(order.use),
        parameters: order.parameters,
        secrets: order.secrets,
        volumeContentSource: contentSourceOf(order),
      };
      const { volume } = await call<{ volume: Volume | undefined }>(
        (metadata, settings, answer) => client.createVolume(request, metadata, settings, answer),
        signal,
      );
      if (volume === undefined || volume.volumeId === '') throw new Error('the driver answered no volume');
      return {
        volumeHandle: volume.volumeId,
        capacityBytes: volume.capacityBytes || order.capacityBytes,
        attributes: volume.volumeContext,
      };
    },
    deleteVolume: async (volumeId, secrets, signal) => {
      await call(
        (metadata, settings, answer) =>
          client.deleteVolume({ volumeId, secrets }, metadata, settings, answer),
        signal,
      );
    },
    publishVolume: async (volumeId, nodeId, use, signal) => {
      const [volumeCapability] = capabilitiesOf(use);
      const request = { volumeId, nodeId, volumeCapability, readonly: false, secrets: {}, volumeContext: {} };
      await call(
        (metadata, settings, answer) => client.controllerPublishVolume(request, metadata, settings, answer),
        signal,
      );
    },
    unpublishVolume: async (volumeId, nodeId, signal) => {
      const request = { volumeId, nodeId, secrets: {} };
      await call(
        (metadata, settings, answer) => client.controllerUnpublishVolume(request, metadata, settings, answer),
        signal,
      );
    },
  };
};

type Volume = { capacityBytes: number; volumeId: string; volumeContext: Record<string, string> };
