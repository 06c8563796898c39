// Random histories of a mirrored volume, and the bookkeeping that tells what its bytes may be.
import fc from 'fast-check';
import { MINUTE_MS, makePair, readNumber, roleOn, type TestPair, writeNumber } from './mirrored-pair.ts';

/** What a site held from when on, as far as it was written or promoted there. */
type Log = { readonly at: number; readonly value: number }[];

/** A volume with its history so far. */
export type Run = {
  test: TestPair;
  readonly logs: readonly [Log, Log];
  writes: number;
  promotedAt: number;
};

type SiteNumber = 0 | 1;
type Verb = keyof typeof VERBS;
type Operation =
  | { readonly verb: Verb; readonly on: SiteNumber }
  | { readonly verb: 'pass'; readonly ms: number }
  | { readonly verb: 'link'; readonly up: boolean };

/** A volume that was just enabled and promoted on site-a. */
export const beginRun = (): Run => {
  const test = makePair();
  test.a.enable(test.request());
  test.a.promote(test.request());
  return { test, logs: [[{ at: test.now(), value: 0 }], []], writes: 0, promotedAt: test.now() };
};

/** The roles of the volume on both sites. */
export const rolesOf = ({ test }: Run) => test.pair.sites.map((array) => roleOn(array, test.volumeId));

/** Both sites answer, the link is up, and everything that was on its way has arrived. */
export const mendAll = ({ test }: Run): void => {
  test.pair.setLink(true);
  for (const array of test.pair.sites) array.setFrozen(false);
  test.pass(10 * MINUTE_MS);
};

/** What a site held when a snapshot was taken there: two values when it was written to in that very millisecond. */
const heldAt = (log: Log, at: number): number[] => {
  const before = log.filter((entry) => entry.at < at).at(-1);
  return [...(before ? [before] : []), ...log.filter((entry) => entry.at === at)].map(({ value }) => value);
};

const write = (run: Run, on: SiteNumber): void => {
  const { test, logs } = run;
  const array = test.pair.sites[on];
  if (array.frozen || roleOn(array, test.volumeId) !== 'primary') return;
  run.writes += 1;
  writeNumber(array, test.volumeId, run.writes);
  logs[on].push({ at: test.now(), value: run.writes });
};

const enable = ({ test, logs }: Run, on: SiteNumber): void => {
  const array = test.pair.sites[on];
  if (roleOn(array, test.volumeId) !== 'none' || array.enable(test.request()).code !== 'OK') return;
  logs[on].push({ at: test.now(), value: readNumber(array, test.volumeId) });
};

/** Promotes; a copy that becomes primary must hold what a site held when the copy's last snapshot was taken. */
const promote = (run: Run, on: SiteNumber, force: boolean): void => {
  const { test, logs } = run;
  const array = test.pair.sites[on];
  const before = array.volumes().find(({ volumeId }) => volumeId === test.volumeId);
  const answer = array.promote(test.request({ force }));
  if (answer.code !== 'OK' || before?.role !== 'secondary') return;
  const value = readNumber(array, test.volumeId);
  const snapshots = logs.flatMap((log) => heldAt(log, before.snapshotAt ?? -1));
  if (!snapshots.includes(value))
    throw new Error(`promoted ${value}, snapshots held ${snapshots.join(', ')}`);
  logs[on].push({ at: test.now(), value });
  run.promotedAt = test.now();
};

/** Not beside a primary: a copy that was demoted once is promoted without force, whatever the peer became meanwhile. */
const promoteAlone = (run: Run, on: SiteNumber): void => {
  if (!rolesOf(run).includes('primary')) promote(run, on, false);
};

/** Not before the peer follows: one that does not keeps its right to be promoted, without what was written here. */
const demoteFollowed = ({ test, promotedAt }: Run, on: SiteNumber): void => {
  const array = test.pair.sites[on];
  const lastSync = array.info(test.request()).response?.lastSyncTime ?? 0;
  if (lastSync * 1_000 > promotedAt) array.demote(test.request());
};

const VERBS = {
  write,
  enable,
  promote: (run, on) => promote(run, on, false),
  forcePromote: (run, on) => promote(run, on, true),
  demote: ({ test }, on) => test.pair.sites[on].demote(test.request()),
  promoteAlone,
  demoteFollowed,
  resync: ({ test }, on) => test.pair.sites[on].resync(test.request()),
  forceResync: ({ test }, on) => test.pair.sites[on].resync(test.request({ force: true })),
  disable: ({ test }, on) => test.pair.sites[on].disable(test.request()),
  info: ({ test }, on) => test.pair.sites[on].info(test.request()),
  freeze: ({ test }, on) => test.pair.sites[on].setFrozen(true),
  thaw: ({ test }, on) => test.pair.sites[on].setFrozen(false),
} as const satisfies Record<string, (run: Run, on: SiteNumber) => unknown>;

/** Carries out one operation of a history. */
export const operate = (run: Run, operation: Operation): void => {
  if (operation.verb === 'pass') run.test.pass(operation.ms);
  else if (operation.verb === 'link') run.test.pair.setLink(operation.up);
  else VERBS[operation.verb](run, operation.on);
};

const onASite = (...verbs: Verb[]): fc.Arbitrary<Operation> =>
  fc.record({ verb: fc.constantFrom(...verbs), on: fc.constantFrom<SiteNumber>(0, 1) });
const pass = fc.record({
  verb: fc.constant('pass' as const),
  ms: fc.oneof(
    fc.integer({ min: 1, max: 1_000 }),
    fc.integer({ min: 1_000, max: 2 * MINUTE_MS }),
    fc.constant(100 * MINUTE_MS),
  ),
});
const link = fc.record({ verb: fc.constant('link' as const), up: fc.boolean() });

/**
 * Everything that can be asked without force, by somebody who looks before. Not disable: it ends the history, and a demoted copy left behind can then be
 * promoted without force whatever was written elsewhere, in Ceph as here.
 */
const carefully: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: pass },
  { weight: 3, arbitrary: onASite('write') },
  { weight: 6, arbitrary: onASite('promoteAlone', 'demoteFollowed') },
  { weight: 2, arbitrary: onASite('enable', 'resync', 'info') },
  { weight: 1, arbitrary: fc.oneof(link, onASite('freeze', 'thaw')) },
);

const forcibly: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: carefully },
  { weight: 2, arbitrary: onASite('promote', 'demote') },
  { weight: 1, arbitrary: onASite('forcePromote', 'forceResync', 'disable') },
);

const history = (operation: fc.Arbitrary<Operation>): fc.Arbitrary<Operation[]> =>
  fc.array(operation, { minLength: 5, maxLength: 80, size: 'max' });

/** Histories without force and without an end of mirroring, in which nobody goes on before the other side has followed. */
export const carefulHistory = history(carefully);

/** Histories with forced promotions and resyncs, and with ends of mirroring. */
export const forcefulHistory = history(forcibly);
