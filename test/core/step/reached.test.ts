import { describe, expect, test } from 'vitest';
import {
  isDemoted,
  isGone,
  isHandedOver,
  isPromoted,
  isProtected,
  isResynced,
} from '../../../core/step/reached.ts';
import { vr } from './pair.ts';

const sight = (sketch?: Parameters<typeof vr>[0]) => sketch && vr(sketch);
const secondary = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] } as const;

describe('a step is reached when it was seen at the current generation', () => {
  test.each([
    ['a primary', {}, true, ''],
    ['a primary of an older generation', { generation: 2, observed: 1 }, false, /waiting for the controller/],
    ['one that nobody acted on', { hasStatus: false }, false, /no controller has acted on it/],
    [
      'one that fails',
      { sets: ['promoteFailed'], state: 'Secondary' },
      false,
      /promote fails, and is tried again/,
    ],
    ['one that is being promoted', { state: 'Secondary', sets: ['demoted'] }, false, /becoming primary/],
    ['one that somebody turned round', secondary, false, /somebody asked for secondary meanwhile/],
  ] as const)('promoted: %s', (_, sketch, reached, message) => {
    expect(isPromoted(sight(sketch))).toMatchObject({
      reached,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  test('what was turned round by somebody is not waited for, and who it was is told', () => {
    const turned = vr({ ...secondary, wants: 'secondary' });
    const fieldsV1 = { 'f:spec': { 'f:replicationState': {} } };
    const managedFields = [
      { manager: 'kubectl-dr', time: '2026-01-01T00:00:00Z', fieldsV1 },
      { manager: 'argocd-controller', time: '2026-01-01T00:00:05Z', fieldsV1 },
      { manager: 'kubectl-annotate', time: '2026-01-01T00:00:09Z', fieldsV1: { 'f:metadata': {} } },
    ];
    expect(isPromoted({ ...turned, metadata: { ...turned.metadata, managedFields } })).toEqual({
      reached: false,
      isSetBack: true,
      message: 'field manager argocd-controller asked for secondary meanwhile',
    });
  });

  test('demoted: also while it is degraded and resyncing, as every running replica is', () => {
    expect(isDemoted(sight(secondary)).reached).toBe(true);
    expect(
      isDemoted(sight({ wants: 'secondary', state: 'Primary', generation: 2, observed: 1 })).reached,
    ).toBe(false);
  });

  test('protected: primary, and the first sync is complete', () => {
    const has = isProtected(() => true);
    expect(has(sight({ synced: 1 })).reached).toBe(true);
    expect(has(sight({}))).toEqual({ reached: false, message: expect.stringContaining('first sync') });
  });

  test('protected: says so where the class sends nothing by itself', () => {
    expect(isProtected(() => false)(sight({}))).toEqual({
      reached: true,
      message: expect.stringContaining('no schedule'),
    });
  });

  test('unprotected: gone, not only being deleted', () => {
    expect(isGone(sight()).reached).toBe(true);
    expect(isGone(sight({ deleting: 1 })).reached).toBe(false);
  });

  test.each([
    ['in sync', { wants: 'secondary', state: 'Secondary', sets: ['inSync'] }, true],
    ['gone, so that it shows nothing', undefined, false],
    ['demoted only', { wants: 'secondary', state: 'Secondary', sets: ['demoted'] }, false],
    ['in sync of an older generation', { ...secondary, sets: ['inSync'], generation: 3, observed: 2 }, false],
  ] as const)('handed over: the other side is %s', (_, there, reached) => {
    expect(isHandedOver('east')(sight(there)).reached).toBe(reached);
  });

  test.each([
    ['the driver has answered OK', {}, true],
    ['the answer is for an older wish', { generation: 2, observed: 1 }, false],
    ['the driver answers errors, as it does while the copy is made anew', { sets: ['resyncFailed'] }, false],
    ['nobody has acted on it', { hasStatus: false }, false],
    ['the driver was ready at once', { sets: ['inSync'] }, true],
  ] as const)('resynced: %s', (_, more, reached) => {
    const running = { wants: 'resync', state: 'Secondary', sets: ['resyncing'] } as const;
    expect(isResynced(sight({ ...running, ...more })).reached).toBe(reached);
  });
});
