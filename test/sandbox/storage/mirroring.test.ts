import { describe, expect, it } from 'vitest';
import {
  DAEMON_LOOK_MS,
  MINUTE_MS,
  makeMirroredPair,
  makePair,
  readNumber,
  roleOn,
  stateOn,
  writeNumber,
} from './mirrored-pair.ts';

const DAY_MS = 1_440 * MINUTE_MS;

describe('snapshots', () => {
  it('travel on the schedule and not before', () => {
    const { a, b, volumeId, pass } = makeMirroredPair();
    writeNumber(a, volumeId, 1);
    pass(10_000);
    expect(readNumber(b, volumeId)).toBe(0);
    pass(MINUTE_MS);
    expect(readNumber(b, volumeId)).toBe(1);
  });

  it('are taken at the start time of the schedule and every interval after it', () => {
    const { a, volumeId, pass, now, request } = makePair();
    const parameters = { schedulingInterval: '1h', schedulingStartTime: '00:20:00+01:00' };
    a.enable(request({ parameters }));
    a.promote(request({ parameters }));
    pass(2 * DAY_MS);
    const [volume] = a.volumes();
    expect(volume?.volumeId).toBe(volumeId);
    expect(new Date(volume?.snapshotAt ?? 0).toISOString()).toMatch(/T11:20:00\.000Z$/);
    expect(now() - (volume?.snapshotAt ?? 0)).toBeLessThan(60 * MINUTE_MS);
  });

  it('do not travel without a schedule until the volume is demoted', () => {
    const { a, b, volumeId, pass, request } = makePair();
    a.enable(request({ parameters: {} }));
    a.promote(request({ parameters: {} }));
    pass(MINUTE_MS);
    writeNumber(a, volumeId, 1);
    pass(DAY_MS);
    expect(readNumber(b, volumeId)).toBe(0);
    a.demote(request());
    pass(1_000);
    expect(readNumber(b, volumeId)).toBe(1);
  });

  it('take as long as their bytes need on the link, and until then the copy is the one before', () => {
    const { a, b, volumeId, pass } = makeMirroredPair({ bytesPerSecond: 65_536 });
    a.write(volumeId, 0, new Uint8Array(524_288).fill(7));
    pass(20_000 - 1);
    const first = () => b.read(volumeId, { offset: 0, length: 1 })[0];
    expect(first()).toBe(0);
    pass(6_000);
    expect(first()).toBe(0);
    pass(5_000);
    expect(first()).toBe(7);
  });

  it('travel sixty times as fast with a clock factor of 60', () => {
    const { a, b, volumeId, pass, request } = makePair({ clockFactor: 60 });
    a.enable(request());
    a.promote(request());
    pass(1_000);
    writeNumber(a, volumeId, 5);
    pass(1_100);
    expect(readNumber(b, volumeId)).toBe(5);
    expect(a.info(request()).code).toBe('OK');
  });

  it('do not travel while the link is down, and the lag grows until it is mended', () => {
    const { pair, a, b, volumeId, pass, now, request } = makeMirroredPair();
    const lag = () => now() / 1_000 - (a.info(request()).response?.lastSyncTime ?? 0);
    pair.setLink(false);
    writeNumber(a, volumeId, 2);
    pass(60 * MINUTE_MS);
    expect(readNumber(b, volumeId)).toBe(0);
    expect(lag()).toBeGreaterThan(3_500);
    expect(a.mirrorStatus(volumeId)).toMatchObject({ peers: [{ state: 'down+replaying' }] });
    pair.setLink(true);
    pass(2 * MINUTE_MS);
    expect(readNumber(b, volumeId)).toBe(2);
    expect(lag()).toBeLessThan(150);
    expect(a.mirrorStatus(volumeId)).toMatchObject({ peers: [{ state: 'up+replaying' }] });
  });

  it('follow every write in journal mode, whose reports carry no snapshot time', () => {
    const { a, b, volumeId, pass, request } = makePair();
    a.enable(request({ parameters: { mirroringMode: 'journal' } }));
    pass(MINUTE_MS);
    writeNumber(a, volumeId, 9);
    pass(1_000);
    expect(readNumber(b, volumeId)).toBe(9);
    expect(a.info(request()).message).toContain('empty local snapshot timestamp');
  });
});

describe('roles', () => {
  it('keep a secondary from being written to', () => {
    const { b, volumeId } = makeMirroredPair();
    expect(() => b.write(volumeId, 0, Uint8Array.of(1))).toThrow('it takes no writes');
  });

  it('move only after the last bytes have arrived', () => {
    const { a, b, volumeId, pass, request } = makeMirroredPair();
    writeNumber(a, volumeId, 3);
    a.demote(request());
    expect(b.promote(request()).code).toBe('FailedPrecondition');
    pass(500);
    expect(b.promote(request()).code).toBe('OK');
    expect(readNumber(b, volumeId)).toBe(3);
  });

  it('go back to the demoted side, and leave the peer no right once its daemon has looked', () => {
    const { a, b, pass, request } = makeMirroredPair();
    a.demote(request());
    pass(10_000);
    expect(a.promote(request()).code).toBe('OK');
    pass(DAEMON_LOOK_MS);
    expect(b.promote(request()).code).toBe('FailedPrecondition');
  });

  it('are taken from each copy by what it holds itself, never by what the peer is', () => {
    const { pair, a, b, volumeId, pass, request } = makeMirroredPair();
    a.demote(request());
    pass(1_000);
    pair.setLink(false);
    expect(b.promote(request()).code).toBe('OK');
    expect(a.promote(request()).code).toBe('OK');
    pair.setLink(true);
    pass(MINUTE_MS);
    expect([roleOn(a, volumeId), roleOn(b, volumeId)]).toEqual(['primary', 'primary']);
  });

  it('stay with a demoted side whose peer never received the demotion', () => {
    const { pair, a, b, pass, request } = makeMirroredPair();
    pair.setLink(false);
    a.demote(request());
    pass(MINUTE_MS);
    expect(b.promote(request()).code).toBe('FailedPrecondition');
    expect(a.promote(request()).code).toBe('OK');
  });

  it('cannot be forced onto a copy that has no whole snapshot yet', () => {
    const { a, b, pass, request } = makePair({ bytesPerSecond: 1 });
    a.write(request().volumeId, 0, Uint8Array.of(1));
    a.enable(request());
    pass(4_000);
    expect(b.promote(request({ force: true }))).toMatchObject({
      code: 'Internal',
      message: expect.stringContaining('ret=-22'),
    });
  });
});

describe('a forced promotion', () => {
  it('of a healthy pair makes two primaries that both look well until one is demoted', () => {
    const { a, b, volumeId, pass, request } = makeMirroredPair();
    expect(b.promote(request({ force: true })).code).toBe('OK');
    pass(MINUTE_MS);
    expect([stateOn(a, volumeId), stateOn(b, volumeId)]).toEqual(['up+stopped', 'up+stopped']);
    expect([roleOn(a, volumeId), roleOn(b, volumeId)]).toEqual(['primary', 'primary']);
    a.demote(request());
    pass(DAEMON_LOOK_MS);
    expect(stateOn(a, volumeId)).toBe('up+error');
  });

  it('loses what was written since the last snapshot that arrived, and no more', () => {
    const { a, b, volumeId, pass, request } = makeMirroredPair();
    writeNumber(a, volumeId, 1);
    pass(2 * MINUTE_MS);
    writeNumber(a, volumeId, 2);
    a.setFrozen(true);
    expect(b.promote(request({ force: true })).code).toBe('OK');
    expect(readNumber(b, volumeId)).toBe(1);
  });

  it('leaves a site that thaws primary and its bytes as they were', () => {
    const { a, b, volumeId, pass, request } = makeMirroredPair();
    writeNumber(a, volumeId, 2);
    a.setFrozen(true);
    b.promote(request({ force: true }));
    pass(60 * MINUTE_MS);
    a.setFrozen(false);
    pass(10_000);
    expect(roleOn(a, volumeId)).toBe('primary');
    expect(readNumber(a, volumeId)).toBe(2);
  });
});

describe('a forced resync', () => {
  const split = () => {
    const test = makeMirroredPair();
    writeNumber(test.a, test.volumeId, 1);
    test.b.promote(test.request({ force: true }));
    writeNumber(test.b, test.volumeId, 2);
    test.a.demote(test.request());
    test.pass(1_000);
    return test;
  };

  it('replaces the local image by a copy of the primary', () => {
    const { a, volumeId, pass, request } = split();
    expect(a.resync(request({ force: true })).code).toBe('Unavailable');
    pass(2 * MINUTE_MS);
    expect(a.resync(request({ force: true }))).toMatchObject({ code: 'OK', response: { ready: false } });
    expect(readNumber(a, volumeId)).toBe(2);
  });

  it('does not discard the new image when it is repeated', () => {
    const { a, volumeId, pass, request } = split();
    a.resync(request({ force: true }));
    for (let turn = 0; turn < 20; turn += 1) {
      pass(MINUTE_MS);
      a.resync(request({ force: true }));
    }
    expect(stateOn(a, volumeId)).toBe('up+replaying');
  });

  it('discards a healthy image, too, when it was demoted before: a planned move with autoResync', () => {
    const { a, b, pass, request, volumeId } = makeMirroredPair();
    a.demote(request());
    pass(1_000);
    b.promote(request());
    pass(MINUTE_MS);
    expect(a.resync(request({ force: true })).code).toBe('Unavailable');
    pass(40_000);
    expect(roleOn(a, volumeId)).toBe('absent');
  });

  it('deletes nothing while the primary cannot be reached', () => {
    const { pair, a, volumeId, pass, request } = split();
    pair.setLink(false);
    a.resync(request({ force: true }));
    pass(60 * MINUTE_MS);
    expect(readNumber(a, volumeId)).toBe(1);
    pair.setLink(true);
    pass(2 * MINUTE_MS);
    expect(readNumber(a, volumeId)).toBe(2);
  });

  it('deletes nothing while no side is primary', () => {
    const { a, b, volumeId, pass, request } = split();
    b.demote(request());
    a.resync(request({ force: true }));
    pass(60 * MINUTE_MS);
    expect(readNumber(a, volumeId)).toBe(1);
  });
});

describe('the end of mirroring', () => {
  it('on the primary removes the copy of the peer', () => {
    const { a, b, volumeId, pass, request } = makeMirroredPair();
    expect(a.disable(request()).code).toBe('OK');
    expect(stateOn(b, volumeId)).toBe('up+error');
    pass(MINUTE_MS);
    expect([roleOn(a, volumeId), roleOn(b, volumeId)]).toEqual(['none', 'absent']);
  });

  it('reaches a peer that could not hear of it once it can', () => {
    const { pair, a, b, volumeId, pass, request } = makeMirroredPair();
    pair.setLink(false);
    a.disable(request());
    pass(MINUTE_MS);
    expect(roleOn(b, volumeId)).toBe('secondary');
    pair.setLink(true);
    pass(MINUTE_MS);
    expect(roleOn(b, volumeId)).toBe('absent');
  });

  it('spares a copy that was promoted before it heard of it', () => {
    const { pair, a, b, volumeId, pass, request } = makeMirroredPair();
    pair.setLink(false);
    a.disable(request());
    b.promote(request({ force: true }));
    pair.setLink(true);
    pass(10 * MINUTE_MS);
    expect(roleOn(b, volumeId)).toBe('primary');
  });

  it('and a new beginning give the peer a new copy', () => {
    const { a, b, volumeId, pass, request } = makeMirroredPair();
    a.disable(request());
    a.enable(request());
    a.promote(request());
    pass(5 * MINUTE_MS);
    expect([roleOn(a, volumeId), roleOn(b, volumeId)]).toEqual(['primary', 'secondary']);
    expect(stateOn(b, volumeId)).toBe('up+replaying');
  });
});

describe('provisioning', () => {
  it('gives the same volume for the same name, and refuses another size', () => {
    const { a } = makePair();
    const create = (sizeBytes: number) => a.createVolume({ name: 'pvc-2', sizeBytes, secrets: {} });
    const first = create(1_000_000_000);
    expect(first.response?.volumeId).toMatch(/^0001-0009-rook-ceph-0000000000000002-[0-9a-f-]{36}$/);
    expect(first.response?.sizeBytes).toBe(954 * 1_048_576);
    expect(create(1_000_000_000)).toEqual(first);
    expect(create(2_000_000_000).code).toBe('AlreadyExists');
  });

  it('makes a volume on one site only, until it is mirrored', () => {
    const { a, b, volumeId, request, pass } = makePair();
    expect([roleOn(a, volumeId), roleOn(b, volumeId)]).toEqual(['none', 'absent']);
    a.enable(request());
    pass(MINUTE_MS);
    expect(roleOn(b, volumeId)).toBe('secondary');
  });

  it('deletes an unmirrored volume, also twice', () => {
    const { a, volumeId, request } = makePair();
    expect(a.deleteVolume(request()).code).toBe('OK');
    expect(a.deleteVolume(request()).code).toBe('OK');
    expect(roleOn(a, volumeId)).toBe('absent');
  });

  it('leaves a healthy secondary where it is, and deletes it with its primary', () => {
    const { a, b, volumeId, request, pass } = makeMirroredPair();
    expect(b.deleteVolume(request()).code).toBe('OK');
    expect(roleOn(b, volumeId)).toBe('secondary');
    expect(a.deleteVolume(request()).code).toBe('OK');
    pass(2 * MINUTE_MS);
    expect(roleOn(b, volumeId)).toBe('absent');
  });

  it.each([
    [
      'a published volume',
      () => {
        const test = makePair();
        test.a.publish({ ...test.request(), nodeId: 'node-1' });
        return test;
      },
    ],
    [
      'a secondary that does not replay',
      () => {
        const test = makeMirroredPair();
        test.a.demote(test.request());
        test.pass(10_000);
        return test;
      },
    ],
  ])('does not delete %s', (_, make) => {
    const { a, volumeId, request } = make();
    expect(a.deleteVolume(request()).code).toBe('Internal');
    expect(roleOn(a, volumeId)).not.toBe('absent');
  });

  it('refuses to read or write outside the volume', () => {
    const { a, volumeId } = makePair();
    expect(() => a.write(volumeId, 1_048_575, Uint8Array.of(1, 2))).toThrow('not within');
    expect(() => a.read(volumeId, { offset: -1, length: 1 })).toThrow('not within');
  });
});

describe('thousands of volumes', () => {
  it('catch up with a month of one-minute schedules when they are looked at', () => {
    const { pair, a, b, now, pass, request } = makePair();
    for (let number = 0; number < 2_000; number += 1) {
      const { response } = a.createVolume({ name: `many-${number}`, sizeBytes: 1_048_576, secrets: {} });
      const volume = { ...request(), volumeId: response?.volumeId ?? '' };
      a.enable(volume);
      a.promote(volume);
    }
    pass(30 * DAY_MS);
    const synced = b.volumes().map(({ snapshotAt = 0 }) => now() - snapshotAt);
    expect(synced).toHaveLength(2_000);
    expect(Math.max(...synced)).toBeLessThan(2 * MINUTE_MS);
    expect(pair.save().blocks).toHaveLength(0);
  });
});
