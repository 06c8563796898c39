import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createArrayPair } from '../../../sandbox/storage/array-pair.ts';
import { readArrays, writeArrays } from '../../../sandbox/storage/state-directory.ts';
import { makeMirroredPair, readNumber, seededRandom, writeNumber } from './mirrored-pair.ts';

describe('the state directory', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dr-state-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const open = async (sites: [string, string], now: () => number) => {
    const saved = await readArrays(directory);
    return createArrayPair({ sites, now, random: seededRandom(), ...(saved === undefined ? {} : { saved }) });
  };

  it('holds no arrays at first', async () => {
    expect(await readArrays(directory)).toBeUndefined();
    expect(await readArrays(join(directory, 'absent'))).toBeUndefined();
  });

  it('gives the arrays back with their bytes, roles and outages', async () => {
    const { pair, a, volumeId, now, pass } = makeMirroredPair();
    writeNumber(a, volumeId, 4_711);
    pass(120_000);
    writeNumber(a, volumeId, 4_712);
    pair.setLink(false);
    pair.sites[1].setFrozen(true);
    await writeArrays(directory, pair.save());
    const again = await open(['site-a', 'site-b'], now);
    expect(again.linkUp).toBe(false);
    expect(again.sites.map(({ frozen }) => frozen)).toEqual([false, true]);
    again.sites[1].setFrozen(false);
    expect(again.sites.map((site) => readNumber(site, volumeId))).toEqual([4_712, 4_711]);
    expect(again.site('site-a').volumes()).toEqual(a.volumes());
  });

  it('keeps one state, the last', async () => {
    const { pair, a, volumeId } = makeMirroredPair();
    await writeArrays(directory, pair.save());
    writeNumber(a, volumeId, 1);
    await writeArrays(directory, pair.save());
    const names = await readdir(directory);
    expect(names.sort()).toEqual(['arrays.json', expect.stringMatching(/^blocks-[0-9a-f]{64}\.bin$/)]);
  });

  it.each([
    ['is not JSON', '{'],
    ['has format 7, not 1', JSON.stringify({ format: 7 })],
  ])('is refused in one line when it %s', async (why, state) => {
    await writeArrays(directory, { state, blocks: new Uint8Array() });
    await expect(open(['site-a', 'site-b'], Date.now)).rejects.toThrow(why);
  });

  it('is refused when it is of other sites', async () => {
    await writeArrays(directory, makeMirroredPair().pair.save());
    await expect(open(['east', 'west'], Date.now)).rejects.toThrow(
      'is of site-a and site-b, not of east and west',
    );
  });

  it('is refused when its blocks are gone', async () => {
    await writeFile(join(directory, 'arrays.json'), '{}');
    await expect(readArrays(directory)).rejects.toMatchObject({ code: 'SavedArraysUnreadable' });
  });
});
