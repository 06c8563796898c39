import { describe, expect, test } from 'vitest';
import { makeMirroredPair, makePair, restart, SECRETS, type TestPair } from './mirrored-pair.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const clone = (test: TestPair, name = 'clone', site = test.a): string => {
  const { response } = site.createVolume({
    name,
    sizeBytes: 1_048_576,
    secrets: SECRETS,
    sourceId: test.volumeId,
  });
  return response?.volumeId ?? '';
};

const read = (test: TestPair, volumeId: string, site = test.a): string =>
  new TextDecoder().decode(site.read(volumeId, { offset: 0, length: 4 }));

const force = { mirroringMode: 'snapshot', schedulingInterval: '1m', flattenMode: 'force' };

describe('a clone', () => {
  test('holds what its source held, and no write of later', () => {
    const test = makePair();
    test.a.write(test.volumeId, 0, bytes('then'));
    const volumeId = clone(test);
    test.a.write(test.volumeId, 0, bytes('late'));
    expect(read(test, volumeId)).toBe('then');
    test.a.write(volumeId, 0, bytes('mine'));
    expect(read(test, test.volumeId)).toBe('late');
  });

  test('of the same name is the same, also once its source has gone', () => {
    const test = makePair();
    const volumeId = clone(test);
    expect(test.a.deleteVolume(test.request())).toMatchObject({ code: 'OK' });
    expect(clone(test)).toBe(volumeId);
    expect(clone(test, 'another')).toBe('');
  });

  test.each(['', 'unmirrored'])(
    'is not mirrored while it needs its parent, also of a mirrored source %s',
    (kind) => {
      const test = kind === '' ? makeMirroredPair() : makePair();
      const volumeId = clone(test);
      for (const one of [test, restart(test)]) {
        const { code, message } = one.a.enable(one.request({ volumeId }));
        expect(code).toBe('FailedPrecondition');
        expect(message).toMatch(
          /^failed precondition: failed to enable mirroring on image "\S+\/csi-vol-[\w-]+": parent image "\S+\/csi-vol-[\w-]+-temp" is not enabled for mirroring$/,
        );
      }
    },
  );

  test('is mirrored with flattenMode force, and keeps what it holds on the other site', () => {
    const test = makePair();
    test.a.write(test.volumeId, 0, bytes('then'));
    const volumeId = clone(test);
    const request = test.request({ volumeId, parameters: force });
    expect(test.a.enable(request)).toMatchObject({ code: 'OK' });
    test.a.promote(request);
    test.pass(100_000);
    expect(read(test, volumeId, test.b)).toBe('then');
    expect(test.a.enable(test.request({ volumeId }))).toMatchObject({ code: 'OK' });
  });

  test('is not made of a secondary, nor of what is not there', () => {
    const test = makeMirroredPair();
    expect(clone(test, 'clone', test.b)).toBe('');
    expect(test.b.volumes()).toHaveLength(1);
    const request = {
      name: 'x',
      sizeBytes: 1,
      secrets: SECRETS,
      sourceId: `${test.volumeId.slice(0, -4)}0000`,
    };
    expect(test.a.createVolume(request).code).toBe('NotFound');
  });
});
