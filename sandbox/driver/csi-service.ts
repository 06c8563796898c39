import {
  ControllerRpc,
  type CreateVolumeRequest,
  type CsiControllerServer,
  type CsiIdentityServer,
  PluginService,
} from '../../csi/csi.ts';
import { type Answer, refuse, succeed } from '../storage/answer.ts';
import type { CreatedVolume } from '../storage/provision.ts';
import type { SiteArray } from '../storage/site-array.ts';
import type { createCalls } from './calls.ts';
import type { DriverIdentity } from './identity-service.ts';

type Calls = ReturnType<typeof createCalls>;

/** The calls of `csi.v1.Identity`. */
export const createCsiIdentityService = (
  { name, vendorVersion }: DriverIdentity,
  call: Calls,
): CsiIdentityServer => ({
  getPluginInfo: call({
    facts: () => ({ rpc: 'identity' }),
    carryOut: () => succeed({ name, vendorVersion, manifest: {} }),
    respond: (info) => info,
  }),
  getPluginCapabilities: call({
    facts: () => ({ rpc: 'capabilities' }),
    carryOut: () => succeed(PluginService.CONTROLLER_SERVICE),
    respond: (type) => ({ capabilities: [{ type: { $case: 'service', value: { type } } }] }),
  }),
  probe: call({
    facts: () => ({ rpc: 'probe' }),
    carryOut: () => succeed({ ready: true }),
    respond: (readiness) => readiness,
  }),
});

/** The calls of `csi.v1.Controller` that make, remove, attach and detach volumes of one array. */
export const createCsiControllerService = (array: SiteArray, call: Calls): CsiControllerServer => ({
  createVolume: call({
    facts: () => ({ rpc: 'createVolume', volumeId: '' }),
    carryOut: (request) => createVolume(array, request),
    respond: ({ volumeId, sizeBytes, context }) => ({
      volume: { volumeId, capacityBytes: sizeBytes, volumeContext: { ...context } },
    }),
  }),
  deleteVolume: call({
    facts: ({ volumeId }) => ({ rpc: 'deleteVolume', volumeId }),
    carryOut: ({ volumeId, secrets }, busy) => array.deleteVolume({ volumeId, secrets, busy }),
    respond: () => ({}),
  }),
  controllerPublishVolume: call({
    facts: ({ volumeId }) => ({ rpc: 'publish', volumeId }),
    carryOut: ({ volumeId, nodeId, secrets }, busy) => array.publish({ volumeId, nodeId, secrets, busy }),
    respond: () => ({ publishContext: {} }),
  }),
  controllerUnpublishVolume: call({
    facts: ({ volumeId }) => ({ rpc: 'unpublish', volumeId }),
    carryOut: ({ volumeId, nodeId, secrets }, busy) => array.unpublish({ volumeId, nodeId, secrets, busy }),
    respond: () => ({}),
  }),
  controllerGetCapabilities: call({
    facts: () => ({ rpc: 'capabilities' }),
    carryOut: () => succeed([ControllerRpc.CREATE_DELETE_VOLUME, ControllerRpc.PUBLISH_UNPUBLISH_VOLUME]),
    respond: (types) => ({
      capabilities: types.map((type) => ({ type: { $case: 'rpc', value: { type } } })),
    }),
  }),
});

const createVolume = (array: SiteArray, request: CreateVolumeRequest): Answer<CreatedVolume> => {
  const { name, capacityRange, volumeCapabilities, secrets } = request;
  if (name === '') return refuse('InvalidArgument', 'volume Name cannot be empty');
  if (volumeCapabilities.length === 0) {
    return refuse('InvalidArgument', 'volume Capabilities cannot be empty');
  }
  const sizeBytes = capacityRange?.requiredBytes ?? 0;
  const source = request.volumeContentSource?.type;
  if (source === undefined) return array.createVolume({ name, sizeBytes, secrets });
  return array.createVolume({ name, sizeBytes, secrets, sourceId: source.value.volumeId });
};
