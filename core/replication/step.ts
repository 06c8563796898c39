import type { Rpc } from './answer.ts';
import type { CarefulCall } from './facts.ts';
import type { StatusChange } from './status-change.ts';

/** When a VolumeReplication is looked at again, apart from changes of what it is made of. */
export type Requeue =
  | { when: 'never' }
  /** After so many milliseconds; forgets earlier failures. */
  | { when: 'after'; ms: number }
  /** After a delay that doubles with each failure, from `firstMs` (5 ms where left out) up to the cap. */
  | { when: 'backoff'; capMs: number; firstMs?: number }
  /** As soon as the driver answers again; earlier failures still count, so that one that ends the driver slows down. */
  | { when: 'driver-ready' };

/** An Event on the VolumeReplication. */
export type Note = { type: 'Normal' | 'Warning'; reason: string; message: string };

/** The next thing to do for one VolumeReplication. */
export type Step =
  /** Nothing to do with this one: another driver's. */
  | { do: 'ignore' }
  | { do: 'add-finalizer' }
  /** Put owner annotation and finalizer on the claim. */
  | { do: 'claim-pvc' }
  | { do: 'call'; rpc: Rpc; force: boolean }
  /** Read the objects from the server, and ask the peer where that matters: the call must not rest on a cache, nor on what was asked for before a long call. */
  | { do: 'look-closer'; before: CarefulCall }
  | { do: 'remove-consent'; note: Note }
  /** Write down that a consent is used for the present spec; `text` is the annotation's value. */
  | { do: 'record-consent'; text: string }
  /** Put the annotation on that says whether the other site had followed; `text` is its value. */
  | { do: 'mark-demotion'; text: string }
  | { do: 'release-pvc' }
  | { do: 'remove-finalizer'; note?: Note }
  /** Write the status and end this pass. Notes are recorded only if the status changed. */
  | { do: 'finish'; status: StatusChange; requeue: Requeue; notes: readonly Note[] };

/** Errors that nothing tells us the end of are tried again at least this often. */
export const longestBackoffMs = 60_000;
/** A peer that is being demoted hands over within a minute: look more often. */
export const handOverBackoffMs = 15_000;
/** After errors of a secondary, as kubernetes-csi-addons; sooner where a resync is looked at more often than that. */
export const secondaryRetryMs = 15_000;

export const backoff: Requeue = { when: 'backoff', capMs: longestBackoffMs };
