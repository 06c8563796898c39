import { Client, credentials, status } from '@grpc/grpc-js';
import { replicationService } from '../../../csi/replication.ts';
import type { AnswerCode } from '../../../sandbox/storage/answer.ts';

/** How a call over gRPC ended. */
export type WireAnswer<Response> =
  | { readonly code: 'OK'; readonly message: ''; readonly response: Response }
  | { readonly code: AnswerCode; readonly message: string; readonly response: null };

/** One method of a generated service definition. */
type Method<Request, Response> = {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
};

/** Connects to the driver behind a socket; the connection is opened by the first call. */
export const openClient = (socketPath: string): Client =>
  new Client(`unix:${socketPath}`, credentials.createInsecure());

const pascalCase = (name: string): string =>
  name
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');

/** Makes one call and tells how it ended; errors are answers. */
export const callUnary = <Request, Response>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: Method<Request, Response>,
  request: NoInfer<Request>,
): Promise<WireAnswer<Response>> =>
  new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) => {
      if (error === null && response !== undefined) {
        resolve({ code: 'OK', message: '', response });
      } else {
        const code = pascalCase(status[error?.code ?? status.UNKNOWN]) as AnswerCode;
        resolve({ code, message: error?.details ?? '', response: null });
      }
    });
  });

/** A request with the fields of every call of the replication service. */
export type ReplicationRequest = Parameters<typeof replicationService.promoteVolume.requestSerialize>[0];

/** The calls of the replication service by the short names of recordings and faults. */
export const replicationCalls = (client: Client) => {
  const bind =
    <Response>(method: Method<ReplicationRequest, Response>) =>
    (request: ReplicationRequest) =>
      callUnary(client, method, request);
  return {
    enable: bind(replicationService.enableVolumeReplication),
    disable: bind(replicationService.disableVolumeReplication),
    promote: bind(replicationService.promoteVolume),
    demote: bind(replicationService.demoteVolume),
    resync: bind(replicationService.resyncVolume),
    info: bind(replicationService.getVolumeReplicationInfo),
    destination: bind(replicationService.getReplicationDestinationInfo),
  };
};
