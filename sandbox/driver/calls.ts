// How a call passes from the wire to the array and back: lock, frozen site, faults, status codes.
import { setTimeout as delay } from 'node:timers/promises';
import { type handleUnaryCall, status } from '@grpc/grpc-js';
import { type Answer, type AnswerCode, refuse } from '../storage/answer.ts';
import type { CallFacts, FaultEffect, Faults } from './faults.ts';

const STATUS = {
  OK: status.OK,
  Unknown: status.UNKNOWN,
  InvalidArgument: status.INVALID_ARGUMENT,
  NotFound: status.NOT_FOUND,
  AlreadyExists: status.ALREADY_EXISTS,
  FailedPrecondition: status.FAILED_PRECONDITION,
  Aborted: status.ABORTED,
  Unimplemented: status.UNIMPLEMENTED,
  Internal: status.INTERNAL,
  Unavailable: status.UNAVAILABLE,
} as const satisfies Record<AnswerCode, status>;

/** The part of an array that calls wait for. */
export type Freezable = {
  readonly name: string;
  readonly frozen: boolean;
  thawed(): Promise<void>;
};

/** What all calls of one driver share. */
export type CallSettings = {
  readonly array: Freezable;
  readonly faults: Faults;
  /** Whether calls to a frozen site wait for it or are answered UNAVAILABLE. */
  readonly whenFrozen: 'hang' | 'unavailable';
  /** What every call about a volume takes besides, in milliseconds. */
  readonly latencyMs: number;
  /** Ends every wait when the driver closes. */
  readonly closing: AbortSignal;
};

/** How one call is read, carried out and answered. */
export type Call<Request, Result, Response> = {
  readonly facts: (request: Request) => CallFacts;
  /** `busy`: another call for the same volume is on its way. */
  readonly carryOut: (request: Request, busy: boolean) => Answer<Result>;
  readonly respond: (result: Result) => Response;
};

/** Makes handlers for a gRPC server. Calls for one volume exclude each other, all others run side by side. */
export const createCalls = (settings: CallSettings) => {
  const locked = new Set<string>();
  return <Request, Result, Response>(
    call: Call<Request, Result, Response>,
  ): handleUnaryCall<Request, Response> => {
    const answer = async (request: Request): Promise<Answer<Result>> => {
      const facts = call.facts(request);
      const key = facts.volumeId ?? '';
      if (locked.has(key)) return call.carryOut(request, true);
      if (key !== '') locked.add(key);
      try {
        return await meetFaults(settings, facts, () => call.carryOut(request, false));
      } finally {
        locked.delete(key);
      }
    };
    return ({ request }, callback) => {
      answer(request).then(
        (given) => {
          if (given.code === 'OK') callback(null, call.respond(given.response));
          else callback({ code: STATUS[given.code], details: given.message });
        },
        () => callback({ code: status.UNAVAILABLE, details: 'the driver is closing' }),
      );
    };
  };
};

const meetFaults = async <Result>(
  { array, faults, whenFrozen, latencyMs, closing }: CallSettings,
  facts: CallFacts,
  carryOut: () => Answer<Result>,
): Promise<Answer<Result>> => {
  if (facts.volumeId !== undefined && array.frozen) {
    if (whenFrozen === 'unavailable') {
      return refuse('Unavailable', `the storage of ${array.name} does not answer`);
    }
    await Promise.race([array.thawed(), closed(closing)]);
  }
  if (facts.volumeId !== undefined && latencyMs > 0) await delay(latencyMs, undefined, { signal: closing });
  const effect = faults.take(facts);
  if (effect === undefined) return carryOut();
  return sufferFault(effect, carryOut, closing);
};

const sufferFault = async <Result>(
  effect: FaultEffect,
  carryOut: () => Answer<Result>,
  closing: AbortSignal,
): Promise<Answer<Result>> => {
  if (effect.kind === 'hang') return closed(closing);
  if (effect.kind === 'delay') {
    await delay(effect.ms, undefined, { signal: closing });
    return carryOut();
  }
  if (effect.carriedOut === true) carryOut();
  return refuse(effect.code, effect.message);
};

/** Fails once the driver closes, and never ends otherwise. */
const closed = (closing: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    if (closing.aborted) reject(closing.reason);
    else closing.addEventListener('abort', () => reject(closing.reason), { once: true });
  });
