import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../kube/api-error.ts';
import type { Attempts } from '../../../plugin/operation/group-state.ts';
import { noteFailure } from '../../../plugin/operation/retry-policy.ts';

const busy = new ApiError({ httpStatus: 500, reason: 'InternalError', message: 'context deadline exceeded' });
const refused = new ApiError({
  httpStatus: 403,
  reason: 'Forbidden',
  message:
    'admission webhook "guard.kubectl-dr.dev" denied the request: DR102: cannot tell whether east is primary',
});
const forbidden = new ApiError({ httpStatus: 403, reason: 'Forbidden', message: 'you may not patch it' });

/** Failures of one write, by seconds: whether it is tried again after each. */
const isTriedAgain = (...failures: readonly (readonly [number, Error])[]): boolean[] => {
  const attempts = new Map<string, Attempts>();
  return failures.map(([second, error]) => noteFailure(attempts, 'west db', error, second * 1000));
};

describe('a write that fails', () => {
  it('is tried again for two minutes where that passes by itself', () => {
    expect(isTriedAgain([0, busy], [60, busy], [119, busy], [120, busy])).toEqual([true, true, true, false]);
  });

  it('is tried again for a moment where a guard refuses it, which may not have heard of everything yet', () => {
    expect(isTriedAgain([0, refused], [5, refused], [6, refused])).toEqual([true, true, false]);
  });

  it('is given that moment also after a server was busy for longer, and all together no more than both', () => {
    expect(isTriedAgain([0, busy], [30, refused], [35, busy], [36, refused])).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(isTriedAgain([0, busy], [119, refused], [120, busy])).toEqual([true, true, false]);
  });

  it('is not tried again where that is of no use', () => {
    expect(isTriedAgain([0, forbidden])).toEqual([false]);
  });
});
