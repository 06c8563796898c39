/** The identity service of csi-addons drivers: who a driver is and what it can do. */
export {
  type Capability,
  Capability_NetworkFence_Type as NetworkFenceCapability,
  Capability_ReclaimSpace_Type as ReclaimSpaceCapability,
  Capability_Service_Type as ServiceCapability,
  Capability_VolumeGroup_Type as VolumeGroupCapability,
  Capability_VolumeReplication_Type as VolumeReplicationCapability,
  IdentityClient,
  type IdentityServer,
  IdentityService as identityService,
} from './generated/identity.ts';
