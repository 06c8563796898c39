import {
  type ArrayPair,
  type ArrayPairOptions,
  createArrayPair,
} from '../../../sandbox/storage/array-pair.ts';
import type { VolumeRequest } from '../../../sandbox/storage/request.ts';
import type { SiteArray } from '../../../sandbox/storage/site-array.ts';

export const SECRETS = { userID: 'admin', userKey: 'key' };
export const MINUTE_MS = 60_000;
const VOLUME_BYTES = 1_048_576;

/** Two arrays with a clock that only the test moves, and one volume on site-a. */
export type TestPair = {
  readonly pair: ArrayPair;
  readonly a: SiteArray;
  readonly b: SiteArray;
  readonly volumeId: string;
  readonly now: () => number;
  readonly pass: (ms: number) => void;
  /** A call about the volume, with a class of one snapshot a minute unless told otherwise. */
  readonly request: (more?: Partial<VolumeRequest>) => VolumeRequest;
};

/** Numbers in [0, 1), the same in every run. */
export const seededRandom = (): (() => number) => {
  let seed = 1;
  return () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
};

/** The same test with its arrays saved and restored, as a restart of the sandbox does it. */
export const restart = (test: TestPair): TestPair => {
  const saved = test.pair.save();
  const pair = createArrayPair({ sites: ['site-a', 'site-b'], now: test.now, random: seededRandom(), saved });
  return { ...test, pair, a: pair.sites[0], b: pair.sites[1] };
};

/** Makes a pair with an unmirrored volume of 1 MiB. The clock stands at two seconds after a full minute. */
export const makePair = (options: Partial<ArrayPairOptions> = {}): TestPair => {
  let clock = Date.UTC(2026, 0, 1, 12, 0, 2);
  const now = () => clock;
  const pair = createArrayPair({ sites: ['site-a', 'site-b'], now, random: seededRandom(), ...options });
  const [a, b] = pair.sites;
  const created = a.createVolume({ name: 'pvc-1', sizeBytes: VOLUME_BYTES, secrets: {} });
  const volumeId = created.response?.volumeId ?? '';
  return {
    pair,
    a,
    b,
    volumeId,
    now,
    pass: (ms) => {
      clock += ms;
    },
    request: (more = {}) => ({
      volumeId,
      secrets: SECRETS,
      parameters: { mirroringMode: 'snapshot', schedulingInterval: '1m' },
      ...more,
    }),
  };
};

/** The daemons of the pair look at its beginning, and so long after each other. */
export const DAEMON_LOOK_MS = 30_000;

/** The same with mirroring enabled, promoted on site-a, synced once and on schedule. The clock stands at 42 seconds after a full minute. */
export const makeMirroredPair = (options: Partial<ArrayPairOptions> = {}): TestPair => {
  const test = makePair(options);
  test.a.enable(test.request());
  test.a.promote(test.request());
  test.pass(100_000);
  return test;
};

/** Writes a number at the start of the volume. */
export const writeNumber = (site: SiteArray, volumeId: string, value: number): void => {
  site.write(volumeId, 0, Uint8Array.from([value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff]));
};

/** Reads it. */
export const readNumber = (site: SiteArray, volumeId: string): number => {
  const [low = 0, middle = 0, high = 0] = site.read(volumeId, { offset: 0, length: 3 });
  return low + (middle << 8) + (high << 16);
};

/** The role of the volume on a site; `absent` where it has none. */
export const roleOn = (site: SiteArray, volumeId: string): 'primary' | 'secondary' | 'none' | 'absent' =>
  site.volumes().find((volume) => volume.volumeId === volumeId)?.role ?? 'absent';

/** Daemon and image state on a site, e.g. `up+replaying`, or the error text. */
export const stateOn = (site: SiteArray, volumeId: string): string => {
  const status = site.mirrorStatus(volumeId);
  return typeof status === 'string' ? status : status.state;
};
