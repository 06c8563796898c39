/** The calls of `replication.Controller` that the controller makes. */
export type Rpc = 'enable' | 'disable' | 'promote' | 'demote' | 'resync' | 'info' | 'destination';

/** gRPC status codes by the names that Go prints. */
export const grpcCodes = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
] as const;

export type GrpcCode = (typeof grpcCodes)[number];

/** What a driver knows about the last sync of a primary. */
export type SyncInfo = {
  /** Milliseconds since the epoch; undefined where none has finished. */
  lastSyncTime: number | undefined;
  lastSyncDuration: { seconds: number; nanos: number } | undefined;
  lastSyncBytes: number;
  health: 'unknown' | 'healthy' | 'degraded' | 'error';
  message: string;
};

export type Failure = { ok: false; code: GrpcCode; description: string };

/** A driver's answer to one call. */
export type Answer = { ok: true } | Failure;
export type ResyncAnswer = { ok: true; ready: boolean } | Failure;
export type InfoAnswer = { ok: true; info: SyncInfo } | Failure;
export type DestinationAnswer = { ok: true; volumeId: string } | Failure;

/** The answers of one pass so far; what is missing was not asked. */
export type Answers = {
  enable?: Answer;
  promote?: Answer;
  forcedPromote?: Answer;
  demote?: Answer;
  resync?: ResyncAnswer;
  info?: InfoAnswer;
  destination?: DestinationAnswer;
  disable?: Answer;
};

/** A failure as Go's gRPC prints it, which is what the conditions of kubernetes-csi-addons hold. */
export const errorText = ({ code, description }: Failure): string =>
  `rpc error: code = ${code} desc = ${description}`;
