import {
  type Capability,
  type IdentityServer,
  NetworkFenceCapability,
  ReclaimSpaceCapability,
  ServiceCapability,
  VolumeGroupCapability,
  VolumeReplicationCapability,
} from '../../csi/identity.ts';
import { succeed } from '../storage/answer.ts';
import type { createCalls } from './calls.ts';

/** What the driver says about itself. */
export type DriverIdentity = { readonly name: string; readonly vendorVersion: string };

/** The capabilities that ceph-csi v3.17 advertises for RBD. */
const CEPH_CSI_CAPABILITIES: readonly NonNullable<Capability['type']>[] = [
  { $case: 'service', value: { type: ServiceCapability.CONTROLLER_SERVICE } },
  { $case: 'reclaimSpace', value: { type: ReclaimSpaceCapability.OFFLINE } },
  { $case: 'networkFence', value: { type: NetworkFenceCapability.NETWORK_FENCE } },
  { $case: 'volumeReplication', value: { type: VolumeReplicationCapability.VOLUME_REPLICATION } },
  { $case: 'volumeGroup', value: { type: VolumeGroupCapability.VOLUME_GROUP } },
  { $case: 'volumeGroup', value: { type: VolumeGroupCapability.DO_NOT_ALLOW_VG_TO_DELETE_VOLUMES } },
  { $case: 'volumeGroup', value: { type: VolumeGroupCapability.LIMIT_VOLUME_TO_ONE_VOLUME_GROUP } },
  { $case: 'volumeGroup', value: { type: VolumeGroupCapability.MODIFY_VOLUME_GROUP } },
  { $case: 'volumeGroup', value: { type: VolumeGroupCapability.GET_VOLUME_GROUP } },
];

const DESTINATION_INFO: NonNullable<Capability['type']> = {
  $case: 'volumeReplication',
  value: { type: VolumeReplicationCapability.GET_REPLICATION_DESTINATION_INFO },
};

/** The calls of `identity.Identity`. */
export const createIdentityService = (
  { name, vendorVersion }: DriverIdentity,
  call: ReturnType<typeof createCalls>,
  { destinationInfo }: { readonly destinationInfo: boolean },
): IdentityServer => {
  const capabilities = [...CEPH_CSI_CAPABILITIES, ...(destinationInfo ? [DESTINATION_INFO] : [])];
  return {
    getIdentity: call({
      facts: () => ({ rpc: 'identity' }),
      carryOut: () => succeed({ name, vendorVersion, manifest: {} }),
      respond: (identity) => identity,
    }),
    getCapabilities: call({
      facts: () => ({ rpc: 'capabilities' }),
      carryOut: () => succeed({ capabilities: capabilities.map((type) => ({ type })) }),
      respond: (list) => list,
    }),
    probe: call({
      facts: () => ({ rpc: 'probe' }),
      carryOut: () => succeed({ ready: true }),
      respond: (readiness) => readiness,
    }),
  };
};
