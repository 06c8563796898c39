import { isJsonObject, type JsonObject, sameJson } from '../schema/json-value.ts';
import type { Schema } from '../schema/schema.ts';
import { emptySet, type FieldSet, leaf, nodeOf, union } from './field-set.ts';
import { fieldSchema, isHollow, itemsByElement, structureOf } from './structure.ts';

/** Which fields two versions of an object differ in. A container that came or went is a field of its own, too. */
export type Comparison = { added: FieldSet; modified: FieldSet; removed: FieldSet };

const same: Comparison = { added: emptySet, modified: emptySet, removed: emptySet };
const addedPiece: Comparison = { ...same, added: leaf };
const removedPiece: Comparison = { ...same, removed: leaf };
const modifiedPiece: Comparison = { ...same, modified: leaf };

const comparePiece = (before: unknown, after: unknown): Comparison => {
  if (before === undefined) return addedPiece;
  if (after === undefined) return removedPiece;
  return sameJson(before, after) ? same : modifiedPiece;
};

type Part = readonly [element: string, comparison: Comparison];

const assemble = (before: unknown, after: unknown, parts: readonly Part[]): Comparison => ({
  added: nodeOf(
    before === undefined,
    parts.map(([element, { added }]) => [element, added]),
  ),
  modified: nodeOf(
    false,
    parts.map(([element, { modified }]) => [element, modified]),
  ),
  removed: nodeOf(
    after === undefined,
    parts.map(([element, { removed }]) => [element, removed]),
  ),
});

const compareFields = (before: JsonObject, after: JsonObject, schema: Schema | undefined): Part[] => {
  const parts: Part[] = [];
  const add = (name: string) => {
    const one = before[name];
    const other = after[name];
    if (one !== other) parts.push([`f:${name}`, compareValues(one, other, fieldSchema(schema, name))]);
  };
  for (const name of Object.keys(before)) add(name);
  for (const name of Object.keys(after)) if (!Object.hasOwn(before, name)) add(name);
  return parts.filter(([, comparison]) => comparison !== same);
};

const compareItem = (
  before: unknown[] = [],
  after: unknown[] = [],
  schema: Schema | undefined,
): Comparison => {
  if (before.length <= 1 && after.length <= 1) return compareValues(before[0], after[0], schema);
  // Duplicates have one path between them, so they are told apart only as a whole.
  return comparePiece(before.length === 0 ? undefined : before, after.length === 0 ? undefined : after);
};

const compareItems = (before: unknown, after: unknown, schema: Schema | undefined): Part[] => {
  const ofBefore = itemsByElement(before, schema);
  const ofAfter = itemsByElement(after, schema);
  const elements = new Set([...ofBefore.keys(), ...ofAfter.keys()]);
  return [...elements].map((element) => [
    element,
    compareItem(ofBefore.get(element), ofAfter.get(element), schema?.items),
  ]);
};

const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

const typeOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? 'list' : isJsonObject(value) ? 'object' : 'scalar';
};

/** A value of another type stands there now: changed itself, and with new fields below it. */
const compareTypes = (before: unknown, after: unknown, schema: Schema | undefined): Comparison => {
  const { added } = compareValues(undefined, after, schema);
  return {
    added: nodeOf(false, added.children),
    modified: leaf,
    removed: comparePiece(before, after).removed,
  };
};

const compareValues = (before: unknown, after: unknown, schema: Schema | undefined): Comparison => {
  const [one, other] = [typeOf(before), typeOf(after)];
  if (one !== other && one !== '' && other !== '') return compareTypes(before, after, schema);
  const structure = structureOf(other === '' ? before : after, schema);
  if (structure === 'piece' || (isHollow(before) && isHollow(after))) return comparePiece(before, after);
  const parts =
    structure === 'fields'
      ? compareFields(objectOf(before), objectOf(after), schema)
      : compareItems(before, after, schema);
  return parts.length === 0 && before !== undefined && after !== undefined
    ? same
    : assemble(before, after, parts);
};

/** Compares two versions of a resource; `schema` is that of the whole resource, with its metadata. */
export const compareObjects = (before: JsonObject, after: JsonObject, schema: Schema): Comparison =>
  assemble(before, after, compareFields(before, after, schema));

/** All fields that changed or came. */
export const touched = ({ added, modified }: Comparison): FieldSet => union(added, modified);
