import { describe, expect, it } from 'vitest';
import { csiControllerService, csiIdentityService } from '../../csi/csi.ts';
import { identityService, VolumeReplicationCapability } from '../../csi/identity.ts';
import { ReplicationHealth, replicationService } from '../../csi/replication.ts';

/** Field numbers and their texts, read from the bytes without the generated code; nested fields are not opened. */
const fieldsOf = (bytes: Uint8Array): Record<number, string | number> => {
  const fields: Record<number, string | number> = {};
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    const value = bytes[at + 1] ?? 0;
    const isText = (tag & 7) === 2;
    fields[tag >> 3] = isText
      ? Buffer.from(bytes.subarray(at + 2, at + 2 + value)).toString('latin1')
      : value;
    at += isText ? 2 + value : 2;
  }
  return fields;
};

const entry = (key: string, value: string): string =>
  `\n${String.fromCharCode(key.length)}${key}\u0012${String.fromCharCode(value.length)}${value}`;
const SOURCE = '\n\u0003\n\u0001v';
const request = {
  volumeId: 'old',
  force: true,
  parameters: { p: '1' },
  secrets: { s: '2' },
  replicationId: 'r',
  replicationSource: { type: { $case: 'volume' as const, value: { volumeId: 'v' } } },
};

describe('the wire format', () => {
  it.each([
    ['enableVolumeReplication', { 1: 'old', 2: entry('p', '1'), 3: entry('s', '2'), 4: 'r', 5: SOURCE }],
    ['disableVolumeReplication', { 1: 'old', 2: entry('p', '1'), 3: entry('s', '2'), 4: 'r', 5: SOURCE }],
    ['promoteVolume', { 1: 'old', 2: 1, 3: entry('p', '1'), 4: entry('s', '2'), 5: 'r', 6: SOURCE }],
    ['demoteVolume', { 1: 'old', 2: 1, 3: entry('p', '1'), 4: entry('s', '2'), 5: 'r', 6: SOURCE }],
    ['resyncVolume', { 1: 'old', 2: 1, 3: entry('p', '1'), 4: entry('s', '2'), 5: 'r', 6: SOURCE }],
    ['getVolumeReplicationInfo', { 1: 'old', 2: entry('s', '2'), 3: 'r', 4: SOURCE }],
    ['getReplicationDestinationInfo', { 1: entry('s', '2'), 2: SOURCE }],
  ] as const)('of %s has the field numbers of csi-addons', (method, expected) => {
    expect(fieldsOf(replicationService[method].requestSerialize(request))).toEqual(expected);
  });

  it('of the sync information carries time, duration, bytes and health', () => {
    const bytes = replicationService.getVolumeReplicationInfo.responseSerialize({
      lastSyncTime: new Date(5_000),
      lastSyncDuration: { seconds: 2, nanos: 0 },
      lastSyncBytes: 3,
      status: ReplicationHealth.DEGRADED,
      statusMessage: 'late',
    });
    expect(fieldsOf(bytes)).toEqual({ 1: '\b\u0005', 2: '\b\u0002', 3: 3, 4: 2, 5: 'late' });
  });

  it('of the capabilities numbers volume replication 4', () => {
    const type = {
      $case: 'volumeReplication' as const,
      value: { type: VolumeReplicationCapability.GET_REPLICATION_DESTINATION_INFO },
    };
    const bytes = identityService.getCapabilities.responseSerialize({ capabilities: [{ type }] });
    expect(Buffer.from(bytes).toString('hex')).toBe('0a0422020802');
  });

  it('keeps bytes beyond 32 bits', () => {
    const lastSyncBytes = 5 * 2 ** 40;
    const method = replicationService.getVolumeReplicationInfo;
    const message = {
      lastSyncTime: undefined,
      lastSyncDuration: undefined,
      status: 0 as const,
      statusMessage: '',
    };
    const bytes = method.responseSerialize({ ...message, lastSyncBytes });
    expect(method.responseDeserialize(Buffer.from(bytes)).lastSyncBytes).toBe(lastSyncBytes);
  });

  it('names the services and methods as the public protos do', () => {
    const services = [identityService, replicationService, csiIdentityService, csiControllerService];
    expect(services.flatMap((service) => Object.values(service).map(({ path }) => path))).toEqual([
      '/identity.Identity/GetIdentity',
      '/identity.Identity/GetCapabilities',
      '/identity.Identity/Probe',
      '/replication.Controller/EnableVolumeReplication',
      '/replication.Controller/DisableVolumeReplication',
      '/replication.Controller/PromoteVolume',
      '/replication.Controller/DemoteVolume',
      '/replication.Controller/ResyncVolume',
      '/replication.Controller/GetVolumeReplicationInfo',
      '/replication.Controller/GetReplicationDestinationInfo',
      '/csi.v1.Identity/GetPluginInfo',
      '/csi.v1.Identity/GetPluginCapabilities',
      '/csi.v1.Identity/Probe',
      '/csi.v1.Controller/CreateVolume',
      '/csi.v1.Controller/DeleteVolume',
      '/csi.v1.Controller/ControllerPublishVolume',
      '/csi.v1.Controller/ControllerUnpublishVolume',
      '/csi.v1.Controller/ControllerGetCapabilities',
    ]);
  });
});
