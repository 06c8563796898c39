import { describe, expect, it } from 'vitest';
import type { AnswerCode } from '../../../sandbox/storage/answer.ts';
import type { VolumeRequest } from '../../../sandbox/storage/request.ts';
import type { SiteArray } from '../../../sandbox/storage/site-array.ts';
import { DAEMON_LOOK_MS, makeMirroredPair, makePair, SECRETS, type TestPair } from './mirrored-pair.ts';

type Rpc = keyof Pick<
  SiteArray,
  'enable' | 'disable' | 'promote' | 'demote' | 'resync' | 'info' | 'destination'
>;
type Case = {
  readonly title: string;
  readonly make?: () => TestPair;
  readonly rpc: Rpc;
  readonly request?: Partial<VolumeRequest>;
  readonly code: AnswerCode;
  readonly message?: string;
};

const uuid = '0d0d0d0d-0000-4000-8000-000000000000';
const BAD_REQUESTS: readonly Case[] = [
  {
    title: 'a request without an id',
    rpc: 'promote',
    request: { volumeId: '' },
    code: 'InvalidArgument',
    message: 'empty volume ID in request',
  },
  {
    title: 'no id before no secret',
    rpc: 'info',
    request: { volumeId: '', secrets: {} },
    code: 'InvalidArgument',
    message: 'empty volume ID in request',
  },
  {
    title: 'no secret',
    rpc: 'enable',
    request: { secrets: {} },
    code: 'Internal',
    message: 'provided secret is empty',
  },
  {
    title: 'a secret without a user',
    rpc: 'demote',
    request: { secrets: { userKey: 'key' } },
    code: 'Internal',
    message: "missing ID field 'userID' in secrets",
  },
  {
    title: 'a secret without a key',
    rpc: 'resync',
    request: { secrets: { userID: 'admin' } },
    code: 'Internal',
    message: "missing key field 'userKey' in secrets",
  },
  {
    title: 'bad scheduling before a held lock, on Enable',
    rpc: 'enable',
    request: { busy: true, parameters: { schedulingInterval: '' } },
    code: 'InvalidArgument',
    message: 'scheduling interval cannot be empty',
  },
  {
    title: 'a held lock before the image is looked for',
    rpc: 'info',
    request: { busy: true, volumeId: 'nonsense' },
    code: 'Aborted',
    message: 'an operation with the given Volume ID nonsense already exists',
  },
  {
    title: 'a pool that does not exist',
    rpc: 'promote',
    request: { volumeId: `0001-0009-rook-ceph-0000000000000009-${uuid}` },
    code: 'NotFound',
  },
  {
    title: 'a handle of the wrong length',
    rpc: 'promote',
    request: { volumeId: `0001-0009-rook-ceph-0000000000000002-${uuid}-more` },
    code: 'Internal',
    message: `failed to get volume from id "0001-0009-rook-ceph-0000000000000002-${uuid}-more": invalid VolumeID: error decoding volume ID (failed to decode CSI identifier, string size mismatch) (0001-0009-rook-ceph-0000000000000002-${uuid}-more)`,
  },
];

const PARAMETERS: readonly Case[] = [
  {
    title: 'a mode that does not exist',
    rpc: 'enable',
    request: { parameters: { mirroringMode: 'sync' } },
    code: 'InvalidArgument',
    message: 'scheduling is only supported for snapshot mode',
  },
  {
    title: 'an empty mode',
    rpc: 'enable',
    request: { parameters: { mirroringMode: '' } },
    code: 'InvalidArgument',
    message: 'mirroringMode  not supported',
  },
  {
    title: 'an interval in seconds',
    rpc: 'enable',
    request: { parameters: { schedulingInterval: '90s' } },
    code: 'InvalidArgument',
    message: 'interval specified without d, h, m suffix',
  },
  {
    title: 'a start time without an interval',
    rpc: 'enable',
    request: { parameters: { schedulingStartTime: '14:00:00' } },
    code: 'InvalidArgument',
    message: '"schedulingStartTime" parameter is supported only with "schedulingInterval"',
  },
  {
    title: 'a flatten mode that does not exist',
    rpc: 'enable',
    request: { parameters: { flattenMode: 'always' } },
    code: 'InvalidArgument',
    message: '"flattenMode"="always" is not supported',
  },
  {
    title: 'journal mode with an interval nobody can read',
    rpc: 'enable',
    request: { parameters: { mirroringMode: 'journal', schedulingInterval: '90s' } },
    code: 'OK',
  },
  { title: 'no parameters at all', rpc: 'enable', request: { parameters: {} }, code: 'OK' },
  {
    title: 'a start time that is no time of day, at Promote only',
    make: makeMirroredPair,
    rpc: 'promote',
    request: { parameters: { schedulingInterval: '1m', schedulingStartTime: '2026-01-01' } },
    code: 'Unknown',
    message: "Invalid start time 2026-01-01: Invalid isoformat string: '2026-01-01'",
  },
  {
    title: 'a start time of the samples',
    make: makeMirroredPair,
    rpc: 'promote',
    request: { parameters: { schedulingInterval: '12m', schedulingStartTime: '16:18:43' } },
    code: 'OK',
  },
  {
    title: 'a force of Disable that Go cannot read as a bool',
    make: makeMirroredPair,
    rpc: 'disable',
    request: { parameters: { force: 'yes' } },
    code: 'Internal',
    message: 'strconv.ParseBool: parsing "yes": invalid syntax',
  },
  {
    title: 'a force of Disable',
    make: makeMirroredPair,
    rpc: 'disable',
    request: { parameters: { force: 'T' } },
    code: 'OK',
  },
];

const published = (): TestPair => {
  const test = makeMirroredPair();
  test.a.publish({ ...test.request(), nodeId: 'node-1' });
  return test;
};
const bothDemoted = (): TestPair => {
  const test = makeMirroredPair();
  test.a.demote(test.request());
  test.pass(DAEMON_LOOK_MS);
  return test;
};

const STATES: readonly Case[] = [
  { title: 'destination of an unmirrored volume', rpc: 'destination', code: 'FailedPrecondition' },
  { title: 'destination of a mirrored volume', make: makeMirroredPair, rpc: 'destination', code: 'OK' },
  {
    title: 'disable of one of two demoted copies',
    make: bothDemoted,
    rpc: 'disable',
    code: 'InvalidArgument',
    message: 'invalid arguments provided: secondary image status is up=true and state=unknown',
  },
  { title: 'demote of a volume that a node has', make: published, rpc: 'demote', code: 'FailedPrecondition' },
  {
    title: 'any call to a frozen site',
    make: () => {
      const test = makeMirroredPair();
      test.a.setFrozen(true);
      return test;
    },
    rpc: 'info',
    code: 'Unavailable',
    message: 'the storage of site-a does not answer',
  },
];

describe('the answers of an array', () => {
  it.each([...BAD_REQUESTS, ...PARAMETERS, ...STATES])(
    '$code to $title',
    ({ make = makePair, rpc, request, code, message }) => {
      const test = make();
      const answer = test.a[rpc](test.request(request));
      expect(answer).toMatchObject({ code, ...(message === undefined ? {} : { message }) });
    },
  );

  it('names the node and the image when a published volume cannot be demoted', () => {
    const test = published();
    const { message } = test.a.demote(test.request());
    expect(message).toMatch(
      /^volume cannot be demoted: metadata "\.rbd\.csi\.ceph\.com\/clientaddress\/0001-.*\/node-1" is still present on the image "replicapool\/csi-vol-.*"$/,
    );
    test.a.unpublish({ ...test.request(), nodeId: 'node-1' });
    expect(test.a.demote(test.request()).code).toBe('OK');
  });

  it('lets in only the credentials it was made with', () => {
    const test = makePair({ credentials: SECRETS });
    expect(test.a.enable(test.request()).code).toBe('OK');
    expect(test.a.enable(test.request({ secrets: { userID: 'admin', userKey: 'other' } })).message).toMatch(
      /rados: ret=-22, Invalid argument$/,
    );
  });
});

describe('the answers of a later ceph-csi', () => {
  const release = 'v3.17' as const;
  it('tells that the peer never reported as NotFound', () => {
    const test = makePair({ release });
    test.a.enable(test.request());
    expect(test.a.info(test.request())).toMatchObject({
      code: 'NotFound',
      message: expect.stringMatching(/^failed to get remote status: /),
    });
  });

  it('tells that nothing was synced yet as FailedPrecondition', () => {
    const test = makePair({ release });
    test.a.enable(test.request());
    test.pass(4_000);
    expect(test.a.info(test.request()).code).toBe('FailedPrecondition');
  });

  it('tells the health of a primary, which the recorded build does not', () => {
    const [late, early] = [makeMirroredPair({ release }), makeMirroredPair()];
    expect(late.a.info(late.request()).response?.health).toEqual({
      status: 'healthy',
      message: 'local image is primary',
    });
    expect(early.a.info(early.request()).response?.health).toBeUndefined();
  });
});
