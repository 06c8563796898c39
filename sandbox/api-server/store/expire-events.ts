import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { isJsonObject } from '../schema/json-value.ts';
import type { Store } from './store.ts';

/** As kube-apiserver's `--event-ttl`. */
const keptMs = 3_600_000;
const everyMs = 60_000;

const timeOf = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);

/** When an event was last written, as far as it tells. */
const lastSeen = ({ metadata, lastTimestamp, eventTime, series }: KubernetesObject): number => {
  const observed = isJsonObject(series) ? series['lastObservedTime'] : undefined;
  const times = [metadata.creationTimestamp, lastTimestamp, eventTime, observed].map(timeOf);
  return Math.max(0, ...times.filter((time) => !Number.isNaN(time)));
};

/** Drops the events that nobody wrote for an hour. */
export const dropOldEvents = (store: Store, now: number): void => {
  for (const { key, object, revision } of store.list('events'))
    if (now - lastSeen(object) > keptMs) store.remove('events', key, object, revision);
};

/** Drops old events every minute. Answers how to stop. */
export const expireEvents = (store: Store, now: () => number): (() => void) => {
  const timer = setInterval(() => dropOldEvents(store, now()), everyMs);
  timer.unref();
  return () => clearInterval(timer);
};
