/** The part of the Container Storage Interface that makes, attaches and removes volumes. */
export {
  ControllerClient as CsiControllerClient,
  type ControllerServer as CsiControllerServer,
  ControllerService as csiControllerService,
  ControllerServiceCapability_RPC_Type as ControllerRpc,
  type CreateVolumeRequest,
  type IdentityServer as CsiIdentityServer,
  IdentityService as csiIdentityService,
  PluginCapability_Service_Type as PluginService,
  type VolumeCapability,
  VolumeCapability_AccessMode_Mode as AccessMode,
} from './generated/csi.ts';
