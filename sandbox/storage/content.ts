/** Bytes per block. What was never written takes no memory and reads as zeros. */
export const BLOCK_BYTES = 4096;

/** The written blocks of a volume by their number. Blocks are never changed in place, so snapshots and both sites share them. */
export type Blocks = ReadonlyMap<number, Uint8Array>;

/** The blocks that writes change. `shared` says that a snapshot holds the same map: the next write copies it first. */
export type Content = { blocks: Map<number, Uint8Array>; shared: boolean };

/** A volume nothing was written to. */
export const emptyContent = (): Content => ({ blocks: new Map(), shared: false });

/** What the volume holds now, as something later writes do not change. Costs nothing until the next write. */
export const freezeContent = (content: Content): Blocks => {
  content.shared = true;
  return content.blocks;
};

/** A volume that holds what a snapshot holds. */
export const contentOf = (blocks: Blocks): Content => ({
  blocks: blocks as Map<number, Uint8Array>,
  shared: true,
});

/** Writes bytes at an offset; whole blocks are replaced, never changed. */
export const writeBytes = (content: Content, offset: number, bytes: Uint8Array): void => {
  if (content.shared) {
    content.blocks = new Map(content.blocks);
    content.shared = false;
  }
  for (let written = 0; written < bytes.length; ) {
    const number = Math.floor((offset + written) / BLOCK_BYTES);
    const within = (offset + written) % BLOCK_BYTES;
    const piece = bytes.subarray(written, written + BLOCK_BYTES - within);
    const block = new Uint8Array(BLOCK_BYTES);
    const before = content.blocks.get(number);
    if (before !== undefined) block.set(before);
    block.set(piece, within);
    content.blocks.set(number, block);
    written += piece.length;
  }
};

/** Reads bytes from an offset. */
export const readBytes = (blocks: Blocks, offset: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let read = 0; read < length; ) {
    const number = Math.floor((offset + read) / BLOCK_BYTES);
    const within = (offset + read) % BLOCK_BYTES;
    const size = Math.min(BLOCK_BYTES - within, length - read);
    const block = blocks.get(number);
    if (block !== undefined) bytes.set(block.subarray(within, within + size), read);
    read += size;
  }
  return bytes;
};

/** How many bytes must travel to make `before` into `after`. */
export const changedBytes = (before: Blocks, after: Blocks): number => {
  if (before === after) return 0;
  let changed = 0;
  for (const [number, block] of after) if (before.get(number) !== block) changed += 1;
  for (const number of before.keys()) if (!after.has(number)) changed += 1;
  return changed * BLOCK_BYTES;
};
