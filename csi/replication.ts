/** The replication service of csi-addons drivers: client, service definition and the messages that callers and servers build. */
export {
  ControllerClient as ReplicationClient,
  type ControllerServer as ReplicationServer,
  ControllerService as replicationService,
  type DemoteVolumeRequest,
  type DisableVolumeReplicationRequest,
  type EnableVolumeReplicationRequest,
  type GetReplicationDestinationInfoRequest,
  type GetReplicationDestinationInfoResponse,
  type GetVolumeReplicationInfoRequest,
  type GetVolumeReplicationInfoResponse,
  GetVolumeReplicationInfoResponse_Status as ReplicationHealth,
  type PromoteVolumeRequest,
  type ReplicationSource,
  type ResyncVolumeRequest,
  type ResyncVolumeResponse,
} from './generated/replication.ts';
