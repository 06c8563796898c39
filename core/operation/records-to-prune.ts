import { volumeIdentityKey } from '../model/persistent-volume.ts';
import type { OperationVolume } from './operation-record.ts';
import type { Operation, SeenRecord } from './read-record.ts';
import { tookEffect } from './took-effect.ts';

/** How many operations a namespace remembers, whatever else it has to. */
export const keptOperations = 50;

const isOver = ({ record }: SeenRecord): boolean =>
  ['Succeeded', 'Undone', 'Superseded'].includes(record.status?.phase ?? 'Running');

/** A volume is found by its identity or by its claim: whichever is told, it counts. */
const keysOf = ({ persistentVolumeClaim, driver, volumeHandle }: OperationVolume): string[] => [
  `claim ${persistentVolumeClaim}`,
  ...(driver === undefined || volumeHandle === undefined
    ? []
    : [`volume ${volumeIdentityKey({ driver, volumeHandle })}`]),
];

/** Answers for one operation after the other, the latest first, whether it is the first of any of its volumes. */
const firstOfAny = (namespace: string): ((operation: Operation) => boolean) => {
  const seen = new Set<string>();
  return ({ volumes }) => {
    const keys = volumes.filter((volume) => volume.namespace === namespace).flatMap(keysOf);
    const isFirst = keys.some((key) => !seen.has(key));
    for (const key of keys) seen.add(key);
    return isFirst;
  };
};

const pruneNamespace = (operations: readonly Operation[], namespace: string): readonly SeenRecord[] => {
  const isLast = firstOfAny(namespace);
  const isLastMove = firstOfAny(namespace);
  return operations
    .map((operation) => ({
      records: operation.records.filter((seen) => seen.namespace === namespace),
      // Both are asked of each operation: what they answer depends on the later ones.
      needed: [isLast(operation), tookEffect(operation) && isLastMove(operation)].includes(true),
    }))
    .filter(({ records }) => records.length > 0)
    .slice(keptOperations - 1)
    .flatMap(({ records, needed }) => (needed || !records.every(isOver) ? [] : records));
};

/**
 * The records that nobody needs any more once the operation `ended` is over: of each namespace those that are neither among its newest, nor of
 * the last operation of any volume (`status` tells it), nor of the last that moved one (a return reads from it which copy is the
 * older one). An operation is over once every record of it says so: one that is left alone must not come to life again on a site that
 * was away. `operations` from all sites, with the latest first, as `mergeRecords` answers them.
 */
export const recordsToPrune = (
  operations: readonly Operation[],
  ended: string,
  namespaces: readonly string[],
): readonly SeenRecord[] => {
  const others = operations.filter(({ name }) => name !== ended);
  return namespaces.flatMap((namespace) => pruneNamespace(others, namespace));
};
