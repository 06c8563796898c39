// A csi-addons driver that answers every replication call with OK after some time. Its own process, so that its work is not
// counted as the controller's. node slow-driver.ts <socket> <milliseconds> [name]; prints "ready" and ends with its parent.
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { identityService, ServiceCapability, VolumeReplicationCapability } from '../../csi/identity.ts';
import { ReplicationHealth, replicationService } from '../../csi/replication.ts';

const [socket = '', latency = '20', name = 'rbd.csi.ceph.com'] = process.argv.slice(2);
const latencyMs = Number(latency);
/** Nothing is written to the volumes, so no sync is newer than the driver's start. */
const lastSyncTime = new Date();

const after =
  <Request, Response>(milliseconds: number, answer: () => Response) =>
  (_call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    setTimeout(() => callback(null, answer()), milliseconds);
  };

const server = new Server();
server.addService(identityService, {
  getIdentity: after(0, () => ({ name, vendorVersion: 'bench', manifest: {} })),
  getCapabilities: after(0, () => ({
    capabilities: [
      { type: { $case: 'service', value: { type: ServiceCapability.CONTROLLER_SERVICE } } },
      {
        type: { $case: 'volumeReplication', value: { type: VolumeReplicationCapability.VOLUME_REPLICATION } },
      },
    ],
  })),
  probe: after(0, () => ({ ready: true })),
});
server.addService(replicationService, {
  enableVolumeReplication: after(latencyMs, () => ({})),
  disableVolumeReplication: after(latencyMs, () => ({})),
  promoteVolume: after(latencyMs, () => ({})),
  demoteVolume: after(latencyMs, () => ({})),
  resyncVolume: after(latencyMs, () => ({ ready: false })),
  getVolumeReplicationInfo: after(latencyMs, () => ({
    lastSyncTime,
    lastSyncBytes: 0,
    status: ReplicationHealth.HEALTHY,
    statusMessage: 'local image is primary',
  })),
  getReplicationDestinationInfo: after(latencyMs, () => ({})),
});
server.bindAsync(`unix://${socket}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.stdout.write('ready\n');
});
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
