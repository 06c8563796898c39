import { isJsonObject, type JsonObject, setField } from '../schema/json-value.ts';
import type { Schema } from '../schema/schema.ts';
import { below, type FieldSet, isEmpty, leaf, nodeOf } from './field-set.ts';
import {
  fieldSchema,
  isHollow,
  isNamedField,
  itemElement,
  itemsByElement,
  structureOf,
} from './structure.ts';

/** The fields that a configuration names: its leaves, the keys of its maps, and the items of its lists. */
export const fieldsOf = (value: unknown, schema: Schema | undefined): FieldSet => {
  const structure = structureOf(value, schema);
  if (structure === 'fields') return fieldsOfObject(value as JsonObject, schema);
  if (structure === 'piece') return leaf;
  return nodeOf(
    false,
    [...itemsByElement(value, schema)].map(([element, items]) => [
      element,
      items.length > 1 ? leaf : nodeOf(true, fieldsOf(items[0], schema?.items).children),
    ]),
  );
};

const fieldsOfObject = (object: JsonObject, schema: Schema | undefined): FieldSet =>
  nodeOf(
    false,
    Object.keys(object).map((name) => {
      const value = object[name];
      const fields = fieldsOf(value, fieldSchema(schema, name));
      const isOwn = value === null || (isJsonObject(value) && isHollow(value)) || !isNamedField(schema, name);
      return [`f:${name}`, isOwn ? nodeOf(true, fields.children) : fields] as const;
    }),
  );

const mergeFields = (live: unknown, applied: JsonObject, schema: Schema | undefined): JsonObject => {
  const merged: JsonObject = isJsonObject(live) ? { ...live } : {};
  for (const name of Object.keys(applied))
    setField(merged, name, mergeApplied(merged[name], applied[name], fieldSchema(schema, name)));
  return merged;
};

/** Items that both have stand in the order of the configuration; items of the live object alone stay before what followed them. */
const mergedOrder = (live: readonly string[], applied: readonly string[]): string[] => {
  const known = new Set(live);
  const wanted = new Set(applied);
  const order: string[] = [];
  const rest = [...applied];
  const takeUpTo = (element: string) => {
    while (rest.length > 0) {
      const next = rest.shift();
      if (next !== undefined) order.push(next);
      if (next === element) return;
    }
  };
  for (const element of live) {
    if (!wanted.has(element)) order.push(element);
    else if (rest.includes(element)) takeUpTo(element);
  }
  return [...order, ...rest.filter((element) => !known.has(element) || !order.includes(element))];
};

const mergeItems = (live: unknown, applied: unknown[], schema: Schema | undefined): unknown[] => {
  const ofLive = itemsByElement(live, schema);
  const ofApplied = itemsByElement(applied, schema);
  return mergedOrder([...ofLive.keys()], [...ofApplied.keys()]).flatMap((element) => {
    const items = ofApplied.get(element);
    if (items === undefined) return ofLive.get(element) ?? [];
    return [mergeApplied(ofLive.get(element)?.[0], items[0], schema?.items)];
  });
};

/** The live value with the configuration laid over it. */
export const mergeApplied = (live: unknown, applied: unknown, schema: Schema | undefined): unknown => {
  const structure = structureOf(applied, schema);
  if (structure === 'piece' || (isHollow(live) && isHollow(applied))) return applied;
  return structure === 'fields'
    ? mergeFields(live, applied as JsonObject, schema)
    : mergeItems(live, applied as unknown[], schema);
};

const removeFromFields = (object: JsonObject, set: FieldSet, schema: Schema | undefined): JsonObject => {
  const kept: JsonObject = {};
  for (const name of Object.keys(object)) {
    const inside = below(set, `f:${name}`);
    if (!inside.member) setField(kept, name, removeFields(object[name], inside, fieldSchema(schema, name)));
  }
  return kept;
};

/** The value without the fields of a set; an object or a list that loses all of them stays, empty. */
export const removeFields = (value: unknown, set: FieldSet, schema: Schema | undefined): unknown => {
  const structure = structureOf(value, schema);
  if (isEmpty(set) || structure === 'piece') return value;
  if (structure === 'fields') return removeFromFields(value as JsonObject, set, schema);
  return (value as unknown[]).flatMap((item) => {
    const element = itemElement(item, schema);
    const inside = element === undefined ? undefined : below(set, element);
    if (inside === undefined) return [item];
    return inside.member ? [] : [removeFields(item, inside, schema?.items)];
  });
};

/** Adds to a set the named fields that hold members of it: an object whose fields are all owned counts as owned. */
export const withNamedParents = (set: FieldSet, schema: Schema | undefined, member = set.member): FieldSet =>
  nodeOf(
    member,
    [...set.children].map(([element, child]) => {
      if (!element.startsWith('f:')) return [element, withNamedParents(child, schema?.items)] as const;
      const name = element.slice(2);
      const named = isNamedField(schema, name);
      return [element, withNamedParents(child, fieldSchema(schema, name), child.member || named)] as const;
    }),
  );
