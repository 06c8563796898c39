import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { askingFields } from '../../core/status/replication.ts';
import { type ReviewReading, readReview } from '../read-review.ts';
import { countParts } from './count-parts.ts';

/**
 * No object that an API server stores in etcd's 1.5 MiB has so many parts; a text of empty lists has five times as many, and takes hundreds of
 * megabytes.
 */
const mostParts = 1_000_000;
/** So many are handed on to who judges, which happens between all other reviews: no rule is about an object that has more. */
const mostJudgedParts = 100_000;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Managed fields are what fills large objects: of these stays who asked for the present state, which is all that rules look at. */
const withAskersOnly = (object: KubernetesObject | undefined): KubernetesObject | undefined => {
  if (object === undefined) return undefined;
  const { managedFields, ...metadata } = object.metadata;
  if (!Array.isArray(managedFields) || !managedFields.every(isObject)) return { ...object, metadata };
  return { ...object, metadata: { ...metadata, managedFields: askingFields({ managedFields }) } };
};

/** Deeper than any object of Kubernetes; what is handed on to another thread must not be as deep as a stack. */
const deepest = 200;

/** Whether a value has at most so many parts, and is not too deep. */
const isWithin = (most: number, value: unknown): boolean => {
  let parts = 0;
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const inside = level.flatMap((one) => Object.values(one as object));
    parts += inside.length;
    if (parts > most || depth > deepest) return false;
    level = inside.filter(isObject);
  }
  return true;
};

const lighten = (reading: ReviewReading): ReviewReading => {
  if (reading.state !== 'review') return reading;
  const { request } = reading;
  const [object, oldObject] = [request.object, request.oldObject].map(withAskersOnly);
  if (isWithin(mostJudgedParts, [object, oldObject]))
    return { state: 'review', request: { ...request, object, oldObject } };
  const { uid, operation, dryRun } = request;
  const why = `the object cannot be judged: it has more than ${mostJudgedParts} fields besides metadata.managedFields, or more than ${deepest} levels`;
  return { state: 'unreadable-object', uid, operation, dryRun, why };
};

const noReview = (why: string): ReviewReading => ({ state: 'no-review', uid: undefined, why });

/** Reads a large review so that little is left of it: hardly any managed fields, and within bounds. It never throws, whatever the bytes. */
export const readLargeReview = (bytes: Uint8Array): ReviewReading => {
  if (countParts(bytes, mostParts) > mostParts) return noReview(`the body has more than ${mostParts} fields`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return noReview('the review is not UTF-8');
  }
  return lighten(readReview(text));
};
