import { DrError } from '../../core/model/error.ts';
import { BLOCK_BYTES, type Blocks } from './content.ts';
import type { Volume, World } from './world.ts';

/** Both arrays at one moment: `state` is JSON in which blocks are numbers, `blocks` are those blocks one after the other. */
export type SavedArrays = { readonly state: string; readonly blocks: Uint8Array };

const FORMAT = 1;

type SavedState = {
  readonly format: number;
  readonly sites: readonly [string, string];
  readonly frozen: readonly [boolean, boolean];
  /** Absent in what was saved before the daemons had turns. */
  readonly startedAt?: readonly [number, number];
  readonly linkUp: boolean;
  readonly outageSince?: number;
  readonly volumes: readonly Volume[];
  readonly requestNames: readonly (readonly [string, string])[];
  readonly contents: readonly (readonly (readonly [number, number])[])[];
};

/** Numbers blocks and contents in the order they are met, each once however many snapshots share it. */
const createCatalogue = () => {
  const blocks = new Map<Uint8Array, number>();
  const contents = new Map<Blocks, number>();
  const tables: (readonly [number, number])[][] = [];
  const numberOfBlock = (block: Uint8Array): number => {
    const number = blocks.get(block) ?? blocks.size;
    blocks.set(block, number);
    return number;
  };
  const numberOfContent = (content: Blocks): number => {
    const known = contents.get(content);
    if (known !== undefined) return known;
    contents.set(content, tables.length);
    const sorted = [...content].sort(([left], [right]) => left - right);
    tables.push(sorted.map(([place, block]) => [place, numberOfBlock(block)] as const));
    return tables.length - 1;
  };
  return { numberOfContent, tables, blocks: () => [...blocks.keys()] };
};

/** Writes down everything the arrays hold; the same state gives the same bytes. */
export const saveWorld = (world: World): SavedArrays => {
  const catalogue = createCatalogue();
  const [first, second] = world.sites;
  const state = {
    format: FORMAT,
    sites: [first.name, second.name],
    frozen: [first.frozen, second.frozen],
    startedAt: [first.startedAt, second.startedAt],
    linkUp: world.linkUp,
    outageSince: world.outageSince,
    volumes: [...world.volumes.values()],
    requestNames: [...world.requestNames],
    contents: catalogue.tables,
  };
  const json = JSON.stringify(state, (_key, value: unknown) =>
    value instanceof Map ? catalogue.numberOfContent(value as Blocks) : value,
  );
  const blocks = catalogue.blocks();
  const bytes = new Uint8Array(blocks.length * BLOCK_BYTES);
  for (const [number, block] of blocks.entries()) bytes.set(block, number * BLOCK_BYTES);
  return { state: json, blocks: bytes };
};

/** Fills an empty world with what was saved of the same two sites. Throws a DrError when it is not that. */
export const restoreWorld = (world: World, saved: SavedArrays): void => {
  const state = parseState(world, saved);
  for (const volume of state.volumes) world.volumes.set(volume.uuid, volume);
  for (const [name, uuid] of state.requestNames) world.requestNames.set(name, uuid);
  for (const [index, site] of world.sites.entries()) {
    site.frozen = state.frozen[index] ?? false;
    site.startedAt = state.startedAt?.[index] ?? site.startedAt;
  }
  world.linkUp = state.linkUp;
  world.outageSince = state.outageSince;
};

const parseState = (world: World, saved: SavedArrays): SavedState => {
  const unfit = (why: string, cause?: unknown): DrError =>
    new DrError({
      code: 'SavedArraysUnfit',
      message: `the saved state of the storage ${why}`,
      hint: 'start with an empty state directory',
      cause,
    });
  const parse = (reviver?: (key: string, value: unknown) => unknown): SavedState => {
    try {
      return JSON.parse(saved.state, reviver) as SavedState;
    } catch (cause) {
      throw unfit('is not JSON', cause);
    }
  };
  const raw = parse();
  if (raw.format !== FORMAT) throw unfit(`has format ${raw.format}, not ${FORMAT}`);
  const names = world.sites.map(({ name }) => name).join(' and ');
  if (raw.sites.join(' and ') !== names) throw unfit(`is of ${raw.sites.join(' and ')}, not of ${names}`);
  const contents = restoreContents(raw, saved.blocks);
  return parse((key, value) => {
    if (key === 'blocks' && typeof value === 'number') return contents[value];
    return value === null ? undefined : value;
  });
};

/** Blocks that were one before are one again: what both sites share does not travel a second time. */
const restoreContents = ({ contents }: SavedState, bytes: Uint8Array): readonly Blocks[] => {
  const blocks = Array.from({ length: bytes.length / BLOCK_BYTES }, (_, number) =>
    bytes.slice(number * BLOCK_BYTES, (number + 1) * BLOCK_BYTES),
  );
  return contents.map(
    (table) =>
      new Map(table.map(([place, number]) => [place, blocks[number] ?? new Uint8Array(BLOCK_BYTES)])),
  );
};
