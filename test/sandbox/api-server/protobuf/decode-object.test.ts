import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { decodeProtobuf, UnreadableProtobuf } from '../../../../sandbox/api-server/protobuf/decode-object.ts';

type Part = [number: number, value: string | number | boolean | Uint8Array];

/** A message of these fields, as Go's encoder writes them. */
const message = (...parts: Part[]): Uint8Array => {
  const writer = new BinaryWriter();
  for (const [number, value] of parts) {
    if (typeof value === 'string') writer.tag(number, WireType.LengthDelimited).string(value);
    else if (typeof value === 'number') writer.tag(number, WireType.Varint).int64(value);
    else if (typeof value === 'boolean') writer.tag(number, WireType.Varint).bool(value);
    else writer.tag(number, WireType.LengthDelimited).bytes(value);
  }
  return writer.finish();
};

const body = (apiVersion: string, kind: string, raw: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    message([1, message([1, apiVersion], [2, kind])], [2, raw], [3, ''], [4, '']),
  ]);

describe('an object in protobuf', () => {
  test('is read as the JSON that Go prints: empty texts left out, empty objects kept, no time of zero', () => {
    const metadata = message([1, 'n'], [2, ''], [7, 0], [8, message()], [11, message([1, 'a'], [2, 'b'])]);
    expect(
      decodeProtobuf(body('v1', 'Namespace', message([1, metadata], [2, message()], [3, message()]))),
    ).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'n', labels: { a: 'b' } },
      spec: {},
      status: {},
    });
  });

  test('keeps a zero that was set: replicas, and false where it differs from nothing', () => {
    const pod = message([21, false], [4, 0]);
    const spec = message([1, 0], [3, message([2, pod])]);
    expect(decodeProtobuf(body('apps/v1', 'Deployment', message([2, spec])))).toMatchObject({
      spec: {
        replicas: 0,
        template: { spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0 } },
      },
    });
  });

  test('puts embedded fields into their object, and reads quantities, ports, bytes and lists', () => {
    const claim = message([10, message([1, 'claim'], [2, false])]);
    const port = message([1, ''], [2, 0], [3, 80], [4, 'TCP']);
    const limits = message([1, message([1, 'memory'], [2, message([1, '1Gi'])])]);
    const probe = message([1, message([2, message([1, '/'], [2, message([1, 1], [2, 0], [3, 'http'])])])]);
    const container = message([1, 'c'], [6, port], [8, limits], [10, probe]);
    const volume = message([1, 'data'], [2, claim]);
    const read = decodeProtobuf(body('v1', 'Pod', message([2, message([1, volume], [2, container])])));
    expect(read['spec']).toMatchObject({
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'claim' } }],
      containers: [
        {
          name: 'c',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          resources: { limits: { memory: '1Gi' } },
          livenessProbe: { httpGet: { path: '/', port: 'http' } },
        },
      ],
    });
    const secret = decodeProtobuf(
      body('v1', 'Secret', message([2, message([1, 'k'], [2, Buffer.from('v')])])),
    );
    expect(secret['data']).toEqual({ k: 'dg==' });
  });

  test('reads times to the second and to the microsecond', () => {
    const time = message([1, 1_767_225_600], [2, 123_456_789]);
    const lease = decodeProtobuf(
      body('coordination.k8s.io/v1', 'Lease', message([2, message([1, 'me'], [4, time])])),
    );
    expect(lease['spec']).toEqual({ holderIdentity: 'me', renewTime: '2026-01-01T00:00:00.123456Z' });
    const meta = message([9, time]);
    expect(decodeProtobuf(body('v1', 'ConfigMap', message([1, meta])))['metadata']).toEqual({
      deletionTimestamp: '2026-01-01T00:00:00Z',
    });
  });

  test('passes over fields that came after this server', () => {
    expect(
      decodeProtobuf(body('v1', 'ConfigMap', message([1, message([1, 'n'], [99, 'new'])]))),
    ).toMatchObject({
      metadata: { name: 'n' },
    });
  });

  test.each([
    ['without the prefix', Buffer.from('{"kind":"Pod"}'), /expected prefix/],
    ['of a kind it does not know', body('x/v1', 'Thing', message()), /Thing in x\/v1/],
    ['cut short', body('v1', 'Pod', message([1, 'x'])).subarray(0, -3), /.+/],
  ])('%s is refused', (_, bytes, why) => {
    expect(() => decodeProtobuf(bytes)).toThrow(UnreadableProtobuf);
    expect(() => decodeProtobuf(bytes)).toThrow(why);
  });
});
