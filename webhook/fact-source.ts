import type { AdviceFacts } from '../core/rules/advice-facts.ts';
import type { GuardFacts } from '../core/rules/guard-facts.ts';
import type { RepairFacts } from '../core/rules/repair-facts.ts';
import type { AdmissionRequest } from './admission-request.ts';

/**
 * Gathers what the rules look at: from caches, and live only who is primary on the other site, whether a user may consent,
 * and whether a claim that the cache does not hold is there. It rejects with a `DrError` of code `ObjectUnreadable` where the
 * object is none that a rule could read. What could not be read in time is unknown in the facts; it never rejects for that.
 * Undefined: no rule has anything to say about this request. Facts come in a turn of the event loop of their own: who judges them and
 * tells `admitted` at once, without waiting for anything, is not overtaken.
 */
export interface FactSource {
  guard(request: AdmissionRequest, signal: AbortSignal): Promise<GuardFacts | undefined>;
  advice(request: AdmissionRequest, signal: AbortSignal): Promise<AdviceFacts | undefined>;
  repair(request: AdmissionRequest, signal: AbortSignal): Promise<RepairFacts | undefined>;
  /** Tells that a request was let in, so that the next one is judged with it although the caches do not show it yet. */
  admitted(request: AdmissionRequest): void;
  /** Why facts cannot be had now, one clause per cache; empty when all is well. */
  notReady(): readonly string[];
}
