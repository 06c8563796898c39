import { nameKey, nameOf } from './object-name.ts';
import type { SourceObject } from './sort-objects.ts';

/** One object that was read twice and is not the same both times. */
export type Repetition = { readonly first: SourceObject; readonly second: SourceObject };

/** What changes while nothing about an object does: two dumps of it differ here. */
const shownContent = ({ object }: SourceObject): string => {
  const { resourceVersion: _, managedFields: __, ...metadata } = object.metadata;
  return JSON.stringify({ ...object, metadata, status: null });
};

/** Each object once; those that were read twice and differ are told. */
export const withoutRepetitions = (
  read: readonly SourceObject[],
): { readonly objects: readonly SourceObject[]; readonly differing: readonly Repetition[] } => {
  const found = new Map<string, SourceObject>();
  const differing: Repetition[] = [];
  for (const source of read) {
    const key = `${source.object.apiVersion} ${nameKey(nameOf(source.object))}`;
    const first = found.get(key);
    if (first === undefined) found.set(key, source);
    else if (shownContent(first) !== shownContent(source)) differing.push({ first, second: source });
  }
  return { objects: [...found.values()], differing };
};
