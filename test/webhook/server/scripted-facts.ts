import type { AdmissionRequest } from '../../../webhook/admission-request.ts';
import type { FactSource } from '../../../webhook/fact-source.ts';

/** A fact source that answers as it is told and remembers what it was told was let in. */
export type ScriptedFacts = FactSource & {
  readonly letIn: AdmissionRequest[];
  readonly asked: AdmissionRequest[];
};

/** What is not said about is nothing to say. */
export const scriptedFacts = (script: Partial<FactSource> = {}): ScriptedFacts => {
  const letIn: AdmissionRequest[] = [];
  const asked: AdmissionRequest[] = [];
  const note =
    <T>(answer: (request: AdmissionRequest, signal: AbortSignal) => Promise<T>) =>
    (request: AdmissionRequest, signal: AbortSignal): Promise<T> => {
      asked.push(request);
      return answer(request, signal);
    };
  return {
    letIn,
    asked,
    guard: note(script.guard ?? (async () => undefined)),
    advice: note(script.advice ?? (async () => undefined)),
    repair: note(script.repair ?? (async () => undefined)),
    admitted: (request) => void letIn.push(request),
    notReady: script.notReady ?? (() => []),
  };
};

/** Never answers, and heeds the signal as little as a bug would. */
export const hanging = (): Promise<never> => new Promise(() => undefined);
