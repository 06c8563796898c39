import { describe, expect, it } from 'vitest';
import {
  DAEMON_LOOK_MS,
  MINUTE_MS,
  makeMirroredPair,
  readNumber,
  roleOn,
  stateOn,
  type TestPair,
  writeNumber,
} from './mirrored-pair.ts';

/** What a resync without force answers: whether it is ready, or its complaint. */
const resyncOn = (test: TestPair, site: 'a' | 'b'): boolean | string => {
  const { response, message } = test[site].resync(test.request());
  return response?.ready ?? message;
};

const infoOn = (test: TestPair, site: 'a' | 'b'): number | string => {
  const { response, message } = test[site].info(test.request());
  return response?.lastSyncTime ?? message;
};

const peerStateOn = (test: TestPair, site: 'a' | 'b'): string | undefined => {
  const status = test[site].mirrorStatus(test.volumeId);
  return typeof status === 'string' ? status : status.peers[0]?.state;
};

const noDetails = /no snapshot details/;
const noTimestamp = /empty local snapshot timestamp/;

/** Moved from site-a to site-b as it is to be done: demoted, ready, promoted. Site-b is primary since a moment. */
const makeMovedPair = (): TestPair => {
  const test = makeMirroredPair();
  writeNumber(test.a, test.volumeId, 1);
  test.a.demote(test.request());
  test.pass(DAEMON_LOOK_MS);
  expect(resyncOn(test, 'b')).toBe(true);
  expect(test.b.promote(test.request()).code).toBe('OK');
  return test;
};

describe('a planned move', () => {
  it('is told from what was written before the daemons looked: not ready, then nothing known, then ready', () => {
    const test = makeMirroredPair();
    test.a.demote(test.request());
    test.pass(1_000);
    expect(resyncOn(test, 'b')).toBe(false);
    test.pass(2_000);
    expect(resyncOn(test, 'b')).toMatch(noDetails);
    expect(test.b.mirrorStatus(test.volumeId)).toMatchObject({ description: 'remote image demoted' });
    test.pass(DAEMON_LOOK_MS);
    expect(resyncOn(test, 'b')).toBe(true);
  });
});

describe('the side that a volume left', () => {
  it('follows the new primary only when its daemon has looked, and says how far it is a look later', () => {
    const test = makeMovedPair();
    const promotedAt = Math.floor(test.now() / 1_000);
    test.pass(DAEMON_LOOK_MS - 13_000);
    expect([stateOn(test.a, test.volumeId), stateOn(test.b, test.volumeId)]).toEqual([
      'up+unknown',
      'up+unknown',
    ]);
    expect(infoOn(test, 'b')).toMatch(noDetails);
    test.pass(13_000);
    expect([stateOn(test.a, test.volumeId), stateOn(test.b, test.volumeId)]).toEqual([
      'up+replaying',
      'up+stopped',
    ]);
    expect(resyncOn(test, 'a')).toMatch(noTimestamp);
    expect(infoOn(test, 'b')).toMatch(noTimestamp);
    test.pass(DAEMON_LOOK_MS);
    expect(resyncOn(test, 'a')).toBe(false);
    expect(infoOn(test, 'b')).toBe(promotedAt);
  });

  it('answers ready until then, though nothing was copied since the promote', () => {
    const test = makeMovedPair();
    expect(resyncOn(test, 'a')).toBe(true);
    test.pass(DAEMON_LOOK_MS);
    expect(resyncOn(test, 'a')).not.toBe(true);
  });

  it('can be promoted again until then without force, beside the new primary', () => {
    const test = makeMovedPair();
    expect(test.a.promote(test.request()).code).toBe('OK');
    expect([roleOn(test.a, test.volumeId), roleOn(test.b, test.volumeId)]).toEqual(['primary', 'primary']);
  });

  it('cannot any more once it follows', () => {
    const test = makeMovedPair();
    test.pass(DAEMON_LOOK_MS + 1_000);
    expect(test.a.promote(test.request()).code).toBe('FailedPrecondition');
  });
});

describe('a volume that is handed back', () => {
  it('before the side that it had left follows loses what was written, and every call says OK', () => {
    const test = makeMovedPair();
    writeNumber(test.b, test.volumeId, 2);
    expect(test.b.demote(test.request()).code).toBe('OK');
    expect(resyncOn(test, 'a')).toBe(true);
    expect(test.a.promote(test.request()).code).toBe('OK');
    expect(readNumber(test.a, test.volumeId)).toBe(1);
  });

  it('so reads as healthy until a daemon looks, and as split brain from then on', () => {
    const test = makeMovedPair();
    writeNumber(test.b, test.volumeId, 2);
    test.b.demote(test.request());
    test.a.promote(test.request());
    expect([stateOn(test.b, test.volumeId), resyncOn(test, 'b')]).toEqual(['up+unknown', true]);
    test.pass(DAEMON_LOOK_MS);
    expect([stateOn(test.b, test.volumeId), peerStateOn(test, 'a')]).toEqual(['up+error', 'up+error']);
    expect(stateOn(test.a, test.volumeId)).toBe('up+stopped');
    expect(resyncOn(test, 'b')).toMatch(noDetails);
    expect(infoOn(test, 'a')).toMatch(noDetails);
  });

  it('stays behind while both are demoted, however long that is, as its daemon follows a primary only', () => {
    const test = makeMovedPair();
    writeNumber(test.b, test.volumeId, 2);
    test.b.demote(test.request());
    test.pass(10 * MINUTE_MS);
    expect([resyncOn(test, 'a'), readNumber(test.a, test.volumeId)]).toEqual([true, 1]);
    expect(test.b.promote(test.request()).code).toBe('OK');
    test.pass(MINUTE_MS);
    expect(readNumber(test.a, test.volumeId)).toBe(2);
  });

  it('after a sync later than the promote loses nothing: not ready before the last snapshot is there', () => {
    const test = makeMovedPair();
    test.pass(2 * MINUTE_MS);
    writeNumber(test.b, test.volumeId, 2);
    test.b.demote(test.request());
    expect(resyncOn(test, 'a')).toBe(false);
    expect(test.a.promote(test.request()).code).toBe('FailedPrecondition');
    test.pass(DAEMON_LOOK_MS);
    expect(resyncOn(test, 'a')).toBe(true);
    expect(test.a.promote(test.request()).code).toBe('OK');
    expect(readNumber(test.a, test.volumeId)).toBe(2);
  });
});

// The role goes nowhere: site-a is demoted, and promoted again.
describe('a demotion that is undone', () => {
  const undoAfter = (ms: number): TestPair => {
    const test = makeMirroredPair();
    writeNumber(test.a, test.volumeId, 1);
    test.pass(2 * MINUTE_MS);
    test.a.demote(test.request());
    test.pass(ms);
    expect(test.a.promote(test.request()).code).toBe('OK');
    writeNumber(test.a, test.volumeId, 2);
    return test;
  };

  it('before the peer has noticed leaves it copying, and what it knows is told as it was before', () => {
    const test = makeMirroredPair();
    test.pass(2 * MINUTE_MS);
    const known = infoOn(test, 'a');
    test.a.demote(test.request());
    test.pass(1_000);
    test.a.promote(test.request());
    expect(infoOn(test, 'a')).toBe(known);
    test.pass(1_000);
    expect([infoOn(test, 'a'), stateOn(test.b, test.volumeId)]).toEqual([known, 'up+replaying']);
    expect(test.b.promote(test.request()).code).toBe('FailedPrecondition');
    test.pass(DAEMON_LOOK_MS);
    expect(infoOn(test, 'a')).toBeGreaterThan(known as number);
  });

  it('after that leaves the peer ended, with no sync known, until its daemon looks', () => {
    const test = undoAfter(5_000);
    expect([stateOn(test.a, test.volumeId), stateOn(test.b, test.volumeId)]).toEqual([
      'up+stopped',
      'up+unknown',
    ]);
    expect(infoOn(test, 'a')).toMatch(noDetails);
    expect(resyncOn(test, 'b')).toMatch(noDetails);
    test.pass(DAEMON_LOOK_MS);
    expect(stateOn(test.b, test.volumeId)).toBe('up+replaying');
    test.pass(DAEMON_LOOK_MS);
    expect(infoOn(test, 'a')).toBeTypeOf('number');
  });

  it('after the daemons looked makes the peer answer ready, and lets it be promoted without what was written', () => {
    const test = undoAfter(DAEMON_LOOK_MS);
    expect(resyncOn(test, 'b')).toBe(true);
    test.a.demote(test.request());
    expect([resyncOn(test, 'b'), test.b.promote(test.request()).code]).toEqual([true, 'OK']);
    expect(readNumber(test.b, test.volumeId)).toBe(1);
  });

  it('takes the right from the peer once it follows again', () => {
    const test = undoAfter(5_000);
    test.pass(DAEMON_LOOK_MS);
    expect(test.b.promote(test.request()).code).toBe('FailedPrecondition');
    expect(readNumber(test.b, test.volumeId)).toBe(1);
    test.pass(2 * MINUTE_MS);
    expect(readNumber(test.b, test.volumeId)).toBe(2);
  });
});

describe('the daemons of two sites', () => {
  it('look when each of them does: one may find a new primary while the other does not follow it yet', () => {
    const start = Date.UTC(2026, 0, 1, 12, 0, 2);
    const test = makeMirroredPair({ startedAt: [start, start + 15_000] });
    test.a.demote(test.request());
    test.pass(DAEMON_LOOK_MS);
    test.b.promote(test.request());
    const states = () => [stateOn(test.a, test.volumeId), stateOn(test.b, test.volumeId)];
    expect(states()).toEqual(['up+unknown', 'up+unknown']);
    test.pass(6_000);
    expect(states()).toEqual(['up+unknown', 'up+stopped']);
    expect(test.a.promote(test.request()).code).toBe('OK');
  });

  it('look as often more as the clock is faster', () => {
    const test = makeMirroredPair({ clockFactor: 60 });
    test.a.demote(test.request());
    test.pass(DAEMON_LOOK_MS / 60);
    test.b.promote(test.request());
    expect(resyncOn(test, 'a')).toBe(true);
    test.pass(DAEMON_LOOK_MS / 60);
    expect(stateOn(test.a, test.volumeId)).toBe('up+replaying');
  });
});
