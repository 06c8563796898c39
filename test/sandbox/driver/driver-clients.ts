import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import { CsiControllerClient, CsiIdentityClient } from '../../../csi/csi.ts';
import { IdentityClient } from '../../../csi/identity.ts';
import { ReplicationClient } from '../../../csi/replication.ts';
import type { AnswerCode } from '../../../sandbox/storage/answer.ts';

/** How a call over gRPC ended. */
export type WireAnswer<Response> =
  | { readonly code: 'OK'; readonly message: ''; readonly response: Response }
  | { readonly code: AnswerCode; readonly message: string; readonly response: null };

type Unary<Request, Response> = (
  request: Request,
  callback: (error: ServiceError | null, response: Response) => void,
) => unknown;

const pascalCase = (name: string): string =>
  name
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');

/** Makes one call and tells how it ended; errors are answers. */
export const callUnary = <Request, Response>(
  method: Unary<Request, Response>,
  request: Request,
): Promise<WireAnswer<Response>> =>
  new Promise((resolve) => {
    method(request, (error, response) => {
      if (error === null) resolve({ code: 'OK', message: '', response });
      else
        resolve({
          code: pascalCase(status[error.code] ?? 'UNKNOWN') as AnswerCode,
          message: error.details,
          response: null,
        });
    });
  });

/** Clients of every service of the driver behind a socket. */
export const openClients = (socketPath: string) => {
  const address = `unix:${socketPath}`;
  const insecure = credentials.createInsecure();
  const clients = {
    identity: new IdentityClient(address, insecure),
    replication: new ReplicationClient(address, insecure),
    csiIdentity: new CsiIdentityClient(address, insecure),
    csiController: new CsiControllerClient(address, insecure),
  };
  return {
    ...clients,
    close: () => {
      for (const client of Object.values(clients)) client.close();
    },
  };
};

/** The calls of the replication service by the short names of recordings and faults. */
export const replicationCalls = ({ replication }: ReturnType<typeof openClients>) => ({
  enable: replication.enableVolumeReplication.bind(replication),
  disable: replication.disableVolumeReplication.bind(replication),
  promote: replication.promoteVolume.bind(replication),
  demote: replication.demoteVolume.bind(replication),
  resync: replication.resyncVolume.bind(replication),
  info: replication.getVolumeReplicationInfo.bind(replication),
});
