import { describe, expect, it } from 'vitest';
import {
  formatVolumeHandle,
  imageNameOf,
  parseVolumeHandle,
  randomUuid,
} from '../../../sandbox/storage/volume-handle.ts';
import { seededRandom } from './mirrored-pair.ts';

const UUID = '7c9bcc12-e435-4c79-ac5c-10fe924e6496';
const HANDLE = `0001-0009-rook-ceph-0000000000000002-${UUID}`;
const PARTS = { clusterId: 'rook-ceph', poolId: 2, uuid: UUID };

describe('a volume handle', () => {
  it('is written and read in the encoded format of ceph-csi', () => {
    expect(formatVolumeHandle(PARTS)).toBe(HANDLE);
    expect(parseVolumeHandle(HANDLE)).toEqual(PARTS);
    expect(imageNameOf(PARTS)).toBe(`csi-vol-${UUID}`);
  });

  it('carries long cluster ids and large pool ids', () => {
    const parts = { clusterId: 'c'.repeat(36), poolId: 4_096, uuid: UUID };
    expect(parseVolumeHandle(formatVolumeHandle(parts))).toEqual(parts);
  });

  it.each([
    ['nonsense', 'string underflow'],
    ['', 'string underflow'],
    [`0001-00ff-rook-ceph-0000000000000002-${UUID}`, 'string underflow'],
    [`0001-0008-rook-ceph-0000000000000002-${UUID}`, 'string size mismatch'],
    [`${HANDLE}0`, 'string size mismatch'],
    [`zzzz-0009-rook-ceph-0000000000000002-${UUID}`, 'encoding/hex: invalid byte'],
  ])('that reads %s is told to be malformed: %s', (text, why) => {
    expect(parseVolumeHandle(text)).toEqual({ malformed: expect.stringContaining(why) });
  });

  it('is the same again from the same source of randomness', () => {
    const [first, second] = [randomUuid(seededRandom()), randomUuid(seededRandom())];
    expect(first).toBe(second);
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
