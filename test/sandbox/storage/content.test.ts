import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BLOCK_BYTES,
  changedBytes,
  contentOf,
  emptyContent,
  freezeContent,
  readBytes,
  writeBytes,
} from '../../../sandbox/storage/content.ts';

const SIZE = 4 * BLOCK_BYTES;

describe('the content of a volume', () => {
  it('reads as a plain buffer does, whatever was written where', () => {
    const pieces = fc.array(
      fc.record({
        offset: fc.nat(SIZE - 1),
        bytes: fc.uint8Array({ maxLength: 2 * BLOCK_BYTES, size: 'max' }),
      }),
    );
    fc.assert(
      fc.property(pieces, (writes) => {
        const content = emptyContent();
        const buffer = new Uint8Array(SIZE);
        for (const { offset, bytes } of writes) {
          const fitting = bytes.subarray(0, SIZE - offset);
          writeBytes(content, offset, fitting);
          buffer.set(fitting, offset);
        }
        expect(readBytes(content.blocks, 0, SIZE)).toEqual(buffer);
        expect(readBytes(content.blocks, 4_000, 200)).toEqual(buffer.subarray(4_000, 4_200));
      }),
    );
  });

  it('of a snapshot does not change with later writes, on either side', () => {
    const primary = emptyContent();
    writeBytes(primary, 0, Uint8Array.of(1));
    const snapshot = freezeContent(primary);
    const copy = contentOf(snapshot);
    writeBytes(primary, 0, Uint8Array.of(2));
    writeBytes(copy, 0, Uint8Array.of(3));
    expect([snapshot, primary.blocks, copy.blocks].map((blocks) => readBytes(blocks, 0, 1)[0])).toEqual([
      1, 2, 3,
    ]);
  });

  it('tells how many bytes of whole blocks differ between two snapshots', () => {
    const content = emptyContent();
    writeBytes(content, 0, new Uint8Array(2 * BLOCK_BYTES));
    const before = freezeContent(content);
    expect(changedBytes(new Map(), before)).toBe(2 * BLOCK_BYTES);
    writeBytes(content, BLOCK_BYTES, Uint8Array.of(1));
    expect(changedBytes(before, content.blocks)).toBe(BLOCK_BYTES);
    expect(changedBytes(before, before)).toBe(0);
    expect(changedBytes(before, new Map())).toBe(2 * BLOCK_BYTES);
  });
});
