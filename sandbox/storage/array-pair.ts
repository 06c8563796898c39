import { DrError } from '../../core/model/error.ts';
import { advanceAll, loseContact, resumeContact } from './advance.ts';
import { restoreWorld, type SavedArrays, saveWorld } from './saved-arrays.ts';
import { createSiteArray, type SiteArray } from './site-array.ts';
import { scaleTimings } from './timings.ts';
import { type DriverRelease, inContact, type Settings, type World } from './world.ts';

/** How the two arrays are set up. */
export type ArrayPairOptions = {
  /** The names of the two sites. */
  readonly sites: readonly [string, string];
  /** The time in milliseconds; nothing happens but by its passing. */
  readonly now: () => number;
  /** Numbers in [0, 1); volume handles are made of them. */
  readonly random: () => number;
  /** By how much everything that takes time is shortened: schedules, transfers, the daemons' delays. Default 1. */
  readonly clockFactor?: number;
  /** What the link carries. Default 100 MiB per second. */
  readonly bytesPerSecond?: number;
  /** The same on both sites. Default `rook-ceph`. */
  readonly clusterId?: string;
  /** Of both sites; default `replicapool`. */
  readonly poolName?: string;
  /** Where both are the same, a handle means the same volume on both sites. Default: 2 and 2. */
  readonly poolIds?: readonly [number, number];
  /** The only credentials let in. Default: any that are complete. */
  readonly credentials?: { readonly userID: string; readonly userKey: string };
  /** Whose answers are given. Default `v3.12`: those recorded. */
  readonly release?: DriverRelease;
  /** Since when the daemons of each site run: all their looks are counted from there. Default: now. */
  readonly startedAt?: readonly [number, number];
  /** What an earlier pair of the same sites was saved as. */
  readonly saved?: SavedArrays;
};

/** Two storage arrays that mirror volumes to each other by snapshots, as Ceph RBD does. */
export type ArrayPair = {
  readonly sites: readonly [SiteArray, SiteArray];
  /** The array of a site by its name. */
  site(name: string): SiteArray;
  readonly linkUp: boolean;
  /** Cuts the link between the sites, or mends it. What was travelling starts again. */
  setLink(up: boolean): void;
  /** Everything both arrays hold, the same for the same state. */
  save(): SavedArrays;
};

const MEBIBYTE = 1_048_576;

const settingsOf = (options: ArrayPairOptions): Settings => {
  const { now, random, clockFactor = 1, bytesPerSecond = 100 * MEBIBYTE, credentials } = options;
  const { clusterId = 'rook-ceph', poolName = 'replicapool', poolIds = [2, 2], release = 'v3.12' } = options;
  const timings = scaleTimings(clockFactor);
  return {
    now,
    random,
    clockFactor,
    timings,
    bytesPerSecond,
    clusterId,
    poolName,
    poolIds,
    credentials,
    release,
  };
};

/** Makes the two arrays, empty or as they were saved. */
export const createArrayPair = (options: ArrayPairOptions): ArrayPair => {
  const [first, second] = options.sites;
  const now = options.now();
  const [firstStart, secondStart] = options.startedAt ?? [now, now];
  const world: World = {
    settings: settingsOf(options),
    sites: [
      { name: first, frozen: false, startedAt: firstStart },
      { name: second, frozen: false, startedAt: secondStart },
    ],
    linkUp: true,
    outageSince: undefined,
    volumes: new Map(),
    requestNames: new Map(),
  };
  if (options.saved !== undefined) restoreWorld(world, options.saved);
  const change = (apply: () => void): void => changeContact(world, apply);
  const sites = [createSiteArray(world, 0, change), createSiteArray(world, 1, change)] as const;
  return {
    sites,
    site: (name) => siteNamed(sites, name),
    get linkUp() {
      return world.linkUp;
    },
    setLink: (up) => change(() => Object.assign(world, { linkUp: up })),
    save: () => saveWorld(world),
  };
};

const siteNamed = (sites: readonly [SiteArray, SiteArray], name: string): SiteArray => {
  const site = sites.find((candidate) => candidate.name === name);
  if (site !== undefined) return site;
  throw new DrError({
    code: 'SiteNotFound',
    message: `no site is named "${name}"`,
    hint: `the sites are ${sites.map((known) => known.name).join(' and ')}`,
  });
};

/** Lets everything happen up to now, changes the link or a site, and tells the daemons what that means for them. */
const changeContact = (world: World, apply: () => void): void => {
  const now = world.settings.now();
  advanceAll(world, now);
  const before = inContact(world);
  apply();
  const after = inContact(world);
  if (before && !after) loseContact(world, now);
  if (!before && after) resumeContact(world, now);
};
