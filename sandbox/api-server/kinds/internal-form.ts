import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import { diffLines } from './line-diff.ts';

/**
 * A field of a kube-apiserver's internal type: its Go name, its JSON name, what stands there when nobody set it, and the
 * fields inside, where they have Go names too.
 */
export type InternalField = { go: string; json: string; zero: unknown; inside?: InternalType };

/** An internal type: its fields in the order in which Go declares them. */
export type InternalType = readonly InternalField[];

/** One field; `zero` is null for pointers, lists and maps. */
export const field = (
  go: string,
  json: string,
  zero: unknown = null,
  inside?: InternalType,
): InternalField => (inside === undefined ? { go, json, zero } : { go, json, zero, inside });

const sortedKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, inner]) => [name, sortedKeys(inner)]),
  );
};

const formOf = (value: JsonObject, type: InternalType): JsonObject =>
  Object.fromEntries(
    type.map(({ go, json, zero, inside }) => {
      const found = value[json] ?? zero;
      return [go, inside !== undefined && isJsonObject(found) ? formOf(found, inside) : sortedKeys(found)];
    }),
  );

/** An object as the internal type has it: every field, under its Go name. */
export const internalForm = (value: unknown, type: InternalType): JsonObject =>
  formOf(isJsonObject(value) ? value : {}, type);

/** What differs between two objects, in the words of `k8s.io/apimachinery/pkg/util/diff`: a diff of their internal forms. */
export const diffInternal = (before: unknown, after: unknown, type: InternalType): string => {
  const lines = (value: unknown) => JSON.stringify(internalForm(value, type), undefined, 1).split('\n');
  return diffLines(lines(before), lines(after));
};
