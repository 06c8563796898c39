/** The replication service of csi-addons drivers: client, service definition and the messages that callers and servers build. */
export {
  ControllerClient as ReplicationClient,
  type ControllerServer as ReplicationServer,
  ControllerService as replicationService,
  type GetReplicationDestinationInfoResponse,
  type GetVolumeReplicationInfoResponse,
  GetVolumeReplicationInfoResponse_Status as ReplicationHealth,
  type ReplicationSource,
} from './generated/replication.ts';
