import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessMode, csiControllerService, csiIdentityService } from '../../../csi/csi.ts';
import { identityService, VolumeGroupCapability } from '../../../csi/identity.ts';
import { ReplicationHealth } from '../../../csi/replication.ts';
import { type DriverOptions, type DriverServer, serveDriver } from '../../../sandbox/driver/serve.ts';
import { MINUTE_MS, makePair, SECRETS, type TestPair } from '../storage/mirrored-pair.ts';
import { callUnary, openClient, type ReplicationRequest, replicationCalls } from './driver-clients.ts';

describe('a served driver', () => {
  let directory: string;
  let socketPath: string;
  let test: TestPair;
  const drivers: DriverServer[] = [];
  const opened: ReturnType<typeof openClient>[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dr-driver-'));
    socketPath = join(directory, 'csi.sock');
    test = makePair();
  });
  afterEach(async () => {
    for (const client of opened.splice(0)) client.close();
    await Promise.all(drivers.splice(0).map((driver) => driver.close()));
    await rm(directory, { recursive: true, force: true });
  });

  const serve = async (options: Partial<DriverOptions> = {}) => {
    const driver = await serveDriver({
      array: test.a,
      socketPath,
      driverName: 'rbd.csi.ceph.com',
      ...options,
    });
    drivers.push(driver);
    const client = openClient(socketPath);
    opened.push(client);
    return { driver, client, ...replicationCalls(client) };
  };

  const volume = (volumeId = test.volumeId): ReplicationRequest => ({
    volumeId: '',
    force: false,
    parameters: { schedulingInterval: '1m' },
    secrets: SECRETS,
    replicationId: '',
    replicationSource: { type: { $case: 'volume', value: { volumeId } } },
  });

  it('tells its name and what ceph-csi v3.17 can do', async () => {
    const { client } = await serve();
    const told = await callUnary(client, identityService.getIdentity, {});
    expect(told.response?.name).toBe('rbd.csi.ceph.com');
    const { response } = await callUnary(client, identityService.getCapabilities, {});
    expect(response?.capabilities.map(({ type }) => type?.$case)).toEqual([
      'service',
      'reclaimSpace',
      'networkFence',
      'volumeReplication',
      ...Array(5).fill('volumeGroup'),
    ]);
    expect(response?.capabilities.map(({ type }) => type?.value.type)).toContain(
      VolumeGroupCapability.GET_VOLUME_GROUP,
    );
    expect((await callUnary(client, identityService.probe, {})).response).toEqual({ ready: true });
    const plugin = await callUnary(client, csiIdentityService.getPluginInfo, {});
    expect(plugin.response?.name).toBe('rbd.csi.ceph.com');
  });

  it('makes, attaches, detaches and deletes volumes', async () => {
    const { client } = await serve();
    const created = await callUnary(client, csiControllerService.createVolume, {
      name: 'pvc-9',
      capacityRange: { requiredBytes: 5, limitBytes: 0 },
      volumeCapabilities: [{ accessType: undefined, accessMode: { mode: AccessMode.SINGLE_NODE_WRITER } }],
      parameters: {},
      secrets: {},
      volumeContentSource: undefined,
    });
    const volumeId = created.response?.volume?.volumeId ?? '';
    expect(created.response?.volume).toMatchObject({
      capacityBytes: 1_048_576,
      volumeContext: { pool: 'replicapool' },
    });
    const node = { volumeId, nodeId: 'node-1', secrets: {} };
    const attach = { ...node, volumeCapability: undefined, readonly: false, volumeContext: {} };
    expect((await callUnary(client, csiControllerService.controllerPublishVolume, attach)).code).toBe('OK');
    expect((await callUnary(client, csiControllerService.deleteVolume, node)).message).toMatch(
      /is still being used$/,
    );
    expect((await callUnary(client, csiControllerService.controllerUnpublishVolume, node)).code).toBe('OK');
    expect((await callUnary(client, csiControllerService.deleteVolume, node)).code).toBe('OK');
    expect(test.a.volumes().map((stored) => stored.volumeId)).toEqual([test.volumeId]);
  });

  it('refuses a volume without a name or a capability', async () => {
    const { client } = await serve();
    const request = {
      name: '',
      capacityRange: undefined,
      volumeCapabilities: [],
      parameters: {},
      secrets: {},
      volumeContentSource: undefined,
    };
    const create = (more: object) =>
      callUnary(client, csiControllerService.createVolume, { ...request, ...more });
    expect((await create({})).message).toBe('volume Name cannot be empty');
    expect((await create({ name: 'pvc-9' })).message).toBe('volume Capabilities cannot be empty');
  });

  it('reads the id of old clients, of volumes and of groups', async () => {
    const clients = await serve();
    expect(
      (await clients.enable({ ...volume(), volumeId: test.volumeId, replicationSource: undefined })).code,
    ).toBe('OK');
    expect((await clients.enable(volume())).code).toBe('OK');
    const groupId = test.volumeId.replace(/.{12}$/, '000000000000');
    const group = { type: { $case: 'volumegroup' as const, value: { volumeGroupId: groupId } } };
    const answer = await clients.enable({ ...volume(), replicationSource: group });
    expect(answer).toMatchObject({ code: 'NotFound', message: expect.stringContaining(groupId) });
  });

  it('tells the last sync with its time, bytes and health', async () => {
    test = makePair({ release: 'v3.17' });
    const clients = await serve();
    await clients.enable(volume());
    test.pass(MINUTE_MS);
    const { response } = await clients.info(volume());
    expect(response).toMatchObject({ lastSyncBytes: 0, status: ReplicationHealth.HEALTHY });
    expect(response?.statusMessage).toBe('local image is primary');
    expect(response?.lastSyncTime?.toISOString()).toBe('2026-01-01T12:00:02.000Z');
  });

  it('knows the destination only where it is told to', async () => {
    const plain = await serve();
    expect((await plain.destination(volume())).code).toBe('Unimplemented');
    socketPath = join(directory, 'other.sock');
    const clients = await serve({ destinationInfo: true });
    expect((await clients.destination(volume())).code).toBe('FailedPrecondition');
    await clients.enable(volume());
    expect((await clients.destination(volume())).code).toBe('Unavailable');
    test.pass(MINUTE_MS);
    expect((await clients.destination(volume())).response?.replicationDestination?.type).toEqual({
      $case: 'volume',
      value: { volumeId: test.volumeId },
    });
  });

  it('answers Aborted while another call for the volume is on its way, and other volumes go on', async () => {
    const clients = await serve();
    const other = test.a.createVolume({ name: 'other', sizeBytes: 1, secrets: {} }).response?.volumeId ?? '';
    clients.driver.faults.inject({
      rpc: 'enable',
      volumeId: test.volumeId,
      times: 1,
      effect: { kind: 'delay', ms: 200 },
    });
    const slow = clients.enable(volume());
    expect((await clients.enable(volume(other))).code).toBe('OK');
    expect(await clients.promote(volume())).toMatchObject({
      code: 'Aborted',
      message: `an operation with the given Volume ID ${test.volumeId} already exists`,
    });
    expect((await slow).code).toBe('OK');
    expect((await clients.promote(volume())).code).toBe('OK');
  });

  it('meets an injected error once, always, or for forced calls only', async () => {
    const clients = await serve();
    await clients.enable(volume());
    const error = { kind: 'error', code: 'Internal', message: 'boom' } as const;
    clients.driver.faults.inject({ rpc: 'info', times: 1, effect: error });
    expect((await clients.info(volume())).message).toBe('boom');
    expect((await clients.info(volume())).message).not.toBe('boom');
    const remove = clients.driver.faults.inject({ rpc: 'any', force: true, effect: error });
    expect((await clients.promote(volume())).code).toBe('OK');
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await clients.promote({ ...volume(), force: true })).message).toBe('boom');
    }
    remove();
    expect((await clients.promote({ ...volume(), force: true })).code).toBe('OK');
  });

  it('can carry a call out and answer with an error nevertheless', async () => {
    const clients = await serve();
    clients.driver.faults.inject({
      rpc: 'enable',
      times: 1,
      effect: { kind: 'error', code: 'Internal', message: 'a warning on stderr', carriedOut: true },
    });
    expect((await clients.enable(volume())).code).toBe('Internal');
    expect(test.a.volumes()[0]?.role).toBe('primary');
  });

  it('lets calls to a frozen site wait, and carries them out once it thaws', async () => {
    const clients = await serve();
    test.a.setFrozen(true);
    const waiting = clients.enable(volume());
    expect((await clients.promote(volume())).code).toBe('Aborted');
    expect((await callUnary(clients.client, identityService.probe, {})).code).toBe('OK');
    test.a.setFrozen(false);
    expect((await waiting).code).toBe('OK');
  });

  it('answers for a frozen site at once where it is told to', async () => {
    const clients = await serve({ whenFrozen: 'unavailable' });
    test.a.setFrozen(true);
    expect(await clients.enable(volume())).toMatchObject({
      code: 'Unavailable',
      message: 'the storage of site-a does not answer',
    });
  });

  it('ends hanging calls and removes its socket when it closes', async () => {
    const clients = await serve();
    clients.driver.faults.inject({ rpc: 'enable', effect: { kind: 'hang' } });
    const hanging = clients.enable(volume());
    expect((await clients.promote(volume())).code).toBe('Aborted');
    await clients.driver.close();
    expect((await hanging).code).toBe('Unavailable');
    expect(existsSync(socketPath)).toBe(false);
  });

  it('closes on its signal', async () => {
    const controller = new AbortController();
    const { driver } = await serve({ signal: controller.signal });
    controller.abort();
    await driver.close();
    expect(existsSync(socketPath)).toBe(false);
  });

  it('lets nobody but its owner connect', async () => {
    await serve();
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
  });

  it('takes the place of what a dead driver left', async () => {
    await writeFile(socketPath, '');
    const clients = await serve();
    expect((await clients.enable(volume())).code).toBe('OK');
  });

  it('does not take the place of a living one', async () => {
    const living: Server = createServer();
    await new Promise<void>((resolve) => living.listen(socketPath, resolve));
    await expect(serve()).rejects.toMatchObject({ code: 'SocketInUse' });
    await new Promise((resolve) => living.close(resolve));
  });

  it.each([
    ['SocketPathTooLong', () => join(directory, 'x'.repeat(100))],
    ['SocketNotOpened', () => join(directory, 'absent', 'csi.sock')],
  ])('says %s when it cannot listen', async (code, path) => {
    await chmod(directory, 0o700);
    await expect(serve({ socketPath: path() })).rejects.toMatchObject({ code });
  });
});
