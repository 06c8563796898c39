// The sandbox's mirrored arrays on the model's clock, and which of the bytes that an application wrote are where.
import { createArrayPair } from '../../sandbox/storage/array-pair.ts';
import type { SiteArray } from '../../sandbox/storage/site-array.ts';

export type SiteNumber = 0 | 1;

export const otherSite = (site: SiteNumber): SiteNumber => (site === 0 ? 1 : 0);

/** The two claims of every history; each has a volume of its own. */
export const claimNames = ['data', 'wal'] as const;
export type ClaimName = (typeof claimNames)[number];

export const secrets = { userID: 'model', userKey: 'model' } as const;

/** Daemons as slow as recorded: what goes wrong between two of their looks is to be found. */
const clockFactor = 1;

export type Handles = Readonly<Record<ClaimName, string>>;

export type SimulatedStorage = {
  readonly arrays: readonly [SiteArray, SiteArray];
  /** What each site calls the volumes. */
  readonly handles: readonly [Handles, Handles];
  setLink(up: boolean): void;
  setFrozen(site: SiteNumber, frozen: boolean): void;
  roleOf(site: SiteNumber, claim: ClaimName): 'primary' | 'secondary' | 'none';
  /** Numbers of the writes that a copy holds. */
  writesIn(site: SiteNumber, claim: ClaimName): ReadonlySet<number>;
  /** Writes once more; the number of the write, or undefined where the volume takes none. */
  write(site: SiteNumber, claim: ClaimName): number | undefined;
};

const noise = (): (() => number) => {
  let state = 7;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
};

/** Volumes of both claims on the first site; nothing is mirrored yet. Each write is one byte at a place of its own. */
export const createSimulatedStorage = (
  now: () => number,
  poolIds: readonly [number, number],
): SimulatedStorage => {
  const pair = createArrayPair({ sites: ['a', 'b'], now, random: noise(), clockFactor, poolIds });
  const make = (name: string): string => {
    const made = pair.sites[0].createVolume({ name, sizeBytes: 1_048_576, secrets: {} });
    if (made.code !== 'OK') throw new Error(made.message);
    return made.response.volumeId;
  };
  const home: Handles = { data: make('data'), wal: make('wal') };
  const poolIn = (id: number): string => `-${id.toString(16).padStart(16, '0')}-`;
  const there = (handle: string): string => handle.replace(poolIn(poolIds[0]), poolIn(poolIds[1]));
  const handles = [home, { data: there(home.data), wal: there(home.wal) }] as const;
  let count = 0;
  /** What a site holds that does not answer: it cannot change. */
  const frozen = new Map<string, ReadonlySet<number>>();
  const read = (site: SiteNumber, claim: ClaimName): ReadonlySet<number> => {
    if (!pair.sites[site].volumes().some(({ volumeId }) => volumeId === handles[site][claim]))
      return new Set();
    const bytes = pair.sites[site].read(handles[site][claim], { offset: 0, length: count + 1 });
    const found = new Set<number>();
    for (const [place, byte] of bytes.entries()) if (byte !== 0) found.add(place);
    return found;
  };
  return {
    arrays: pair.sites,
    handles,
    setLink: (up) => pair.setLink(up),
    setFrozen: (site, isFrozen) => {
      if (pair.sites[site].frozen === isFrozen) return;
      for (const claim of claimNames)
        if (isFrozen) frozen.set(`${site} ${claim}`, read(site, claim));
        else frozen.delete(`${site} ${claim}`);
      pair.sites[site].setFrozen(isFrozen);
    },
    roleOf: (site, claim) =>
      pair.sites[site].volumes().find(({ volumeId }) => volumeId === handles[site][claim])?.role ?? 'none',
    writesIn: (site, claim) => frozen.get(`${site} ${claim}`) ?? read(site, claim),
    write: (site, claim) => {
      const role = pair.sites[site].volumes().find(({ volumeId }) => volumeId === handles[site][claim])?.role;
      if (pair.sites[site].frozen || role === undefined || role === 'secondary') return undefined;
      count += 1;
      pair.sites[site].write(handles[site][claim], count, new Uint8Array([1]));
      return count;
    },
  };
};
