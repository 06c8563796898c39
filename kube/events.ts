import { messageOf } from '../core/model/error.ts';
import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import { resources } from '../core/model/resource.ts';
import { printableLine } from '../core/printable.ts';
import { isNotFound } from './api-error.ts';
import type { Cluster, ObjectKey } from './cluster.ts';
import type { InformerLog } from './informer.ts';

/** One thing to tell about an object. */
export type EventNote = {
  object: KubernetesObject;
  type: 'Normal' | 'Warning';
  /** CamelCase, stable: scripts filter by it. */
  reason: string;
  message: string;
};

/** Writes Events in the background. */
export type EventRecorder = {
  /** Never waits and never throws: an Event that cannot be written is dropped. */
  record(note: EventNote): void;
  /** Settles when all that was recorded has been written or dropped. */
  flush(): Promise<void>;
};

type KnownEvent = { key: ObjectKey; count: number };

const waitingAtMost = 20_000;
const rememberedAtMost = 4_096;
/** Longer ones are refused by the server. */
const longestMessage = 1_024;

const wholeSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const noteKey = ({ object, type, reason, message }: EventNote): string =>
  JSON.stringify([object.metadata.uid, type, reason, message]);

/**
 * Records Events (core/v1) with what client-go's recorder does: the same note on the same object counts up one Event
 * instead of making another. At most 20,000 wait; what is
 * beyond that is dropped and logged.
 */
export const createEventRecorder = (options: {
  cluster: Cluster;
  /** `source.component`. */
  component: string;
  now: () => number;
  log?: InformerLog | undefined;
}): EventRecorder => {
  const { cluster, component, now, log } = options;
  const known = new Map<string, KnownEvent>();
  const waiting: { note: EventNote; at: number }[] = [];
  let running: Promise<void> | undefined;
  let serial = 0;

  const remember = (key: string, event: KnownEvent): void => {
    known.delete(key);
    known.set(key, event);
    const oldest = known.keys().next();
    if (known.size > rememberedAtMost && !oldest.done) known.delete(oldest.value);
  };

  const createEvent = async (note: EventNote, at: number): Promise<void> => {
    const { object, type, reason, message } = note;
    const { name = '', namespace = 'default', uid, resourceVersion } = object.metadata;
    serial += 1;
    const key = {
      name: `${name.slice(0, 200)}.${at.toString(16)}${serial.toString(16).padStart(4, '0')}`,
      namespace,
    };
    const time = wholeSeconds(at);
    await cluster.create(resources.events, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: key,
      involvedObject: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name,
        namespace,
        uid,
        resourceVersion,
      },
      type,
      reason,
      message: printableLine(message).slice(0, longestMessage),
      source: { component },
      reportingComponent: component,
      reportingInstance: '',
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    });
    remember(noteKey(note), { key, count: 1 });
  };

  const write = async ({ note, at }: { note: EventNote; at: number }): Promise<void> => {
    const before = known.get(noteKey(note));
    if (before === undefined) return createEvent(note, at);
    const count = before.count + 1;
    try {
      const body = { count, lastTimestamp: wholeSeconds(at) };
      await cluster.patch(resources.events, before.key, body, { type: 'merge' });
      remember(noteKey(note), { key: before.key, count });
    } catch (error) {
      // Events live an hour; the counted one may be gone.
      if (!isNotFound(error)) throw error;
      await createEvent(note, at);
    }
  };

  const drain = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        await write(next);
      } catch (error) {
        log?.warn({ reason: next.note.reason, error: messageOf(error) }, 'Event not written');
      }
    }
    running = undefined;
  };

  return {
    record: (note) => {
      if (waiting.length >= waitingAtMost) {
        log?.warn({ reason: note.reason }, 'Event dropped, too many wait');
        return;
      }
      waiting.push({ note, at: now() });
      running ??= drain();
    },
    flush: async () => {
      while (running !== undefined) await running;
    },
  };
};
