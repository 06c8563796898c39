import type { Refusal } from '../storage/answer.ts';

/** The calls of a driver, by short names. */
export type Rpc =
  | 'identity'
  | 'capabilities'
  | 'probe'
  | 'enable'
  | 'disable'
  | 'promote'
  | 'demote'
  | 'resync'
  | 'info'
  | 'destination'
  | 'createVolume'
  | 'deleteVolume'
  | 'publish'
  | 'unpublish';

/** What goes wrong with a call. A delayed or hanging call keeps its volume locked, as in a real driver. */
export type FaultEffect =
  | { readonly kind: 'delay'; readonly ms: number }
  /** Never answers, until the driver is closed. */
  | { readonly kind: 'hang' }
  /** Answers with an error; with `carriedOut` the call has happened nevertheless. */
  | {
      readonly kind: 'error';
      readonly code: Refusal['code'];
      readonly message: string;
      readonly carriedOut?: boolean;
    };

/** A fault and the calls that it meets. */
export type Fault = {
  readonly rpc: Rpc | 'any';
  /** Only calls with this `force`. */
  readonly force?: boolean;
  /** Only calls about this volume. */
  readonly volumeId?: string;
  /** How many calls it meets; all of them when absent. */
  readonly times?: number;
  readonly effect: FaultEffect;
};

/** What a fault is matched with. */
export type CallFacts = {
  readonly rpc: Rpc;
  readonly volumeId?: string | undefined;
  readonly force?: boolean | undefined;
};

/** The faults of one driver. */
export type Faults = {
  /** Adds a fault after those that are there; returns its removal. */
  inject(fault: Fault): () => void;
  clear(): void;
  /** The effect of the first fault that meets a call; counts as one of its times. */
  take(call: CallFacts): FaultEffect | undefined;
};

const meets = ({ rpc, force, volumeId }: Fault, call: CallFacts): boolean =>
  (rpc === 'any' || rpc === call.rpc) &&
  (force === undefined || force === (call.force ?? false)) &&
  (volumeId === undefined || volumeId === call.volumeId);

/** Makes an empty list of faults. */
export const createFaults = (): Faults => {
  const entries = new Map<symbol, { fault: Fault; left: number }>();
  return {
    inject: (fault) => {
      const key = Symbol(fault.rpc);
      entries.set(key, { fault, left: fault.times ?? Number.POSITIVE_INFINITY });
      return () => entries.delete(key);
    },
    clear: () => entries.clear(),
    take: (call) => {
      const found = [...entries].find(([, { fault }]) => meets(fault, call));
      if (found === undefined) return undefined;
      const [key, entry] = found;
      entry.left -= 1;
      if (entry.left <= 0) entries.delete(key);
      return entry.fault.effect;
    },
  };
};
