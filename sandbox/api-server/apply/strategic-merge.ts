import { type Failure, failures } from '../http/failure.ts';
import { goPrint } from '../schema/finding.ts';
import { cloneJson, isJsonObject, type JsonObject, sameJson, setField } from '../schema/json-value.ts';
import type { Schema } from '../schema/schema.ts';
import { fieldSchema } from './structure.ts';

/** A patch that cannot be merged: a plain 500 with the message, as kube-apiserver answers it. */
const refusal = (message: string): Failure => failures.plainError(message);

const directive = '$patch';
const retain = '$retainKeys';
const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

const strategiesOf = (schema: Schema | undefined): string[] =>
  schema?.['x-kubernetes-patch-strategy']?.split(',') ?? [];

const isDirective = (name: string): boolean =>
  name === directive || name === retain || name.startsWith(orderPrefix) || name.startsWith(deletePrefix);

/** A value that the target did not have, without the directives that have nothing to do there. */
const asNew = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value.filter((item) => !isJsonObject(item) || item[directive] === undefined).map(asNew);
  if (!isJsonObject(value)) return value;
  const kept: JsonObject = {};
  for (const name of Object.keys(value))
    if (!isDirective(name) && value[name] !== null) setField(kept, name, asNew(value[name]));
  return kept;
};

type Identity = (item: unknown) => unknown;

const identityOf = (mergeKey: string | undefined): Identity =>
  mergeKey === undefined ? (item) => item : (item) => (isJsonObject(item) ? item[mergeKey] : undefined);

const indexIn = (list: readonly unknown[], item: unknown, identify: Identity): number =>
  list.findIndex((other) => sameJson(identify(other), identify(item)));

/** Items of the patch in the patch's order, the others in the server's, each before what it preceded on the server. */
const ordered = (
  items: readonly unknown[],
  order: readonly unknown[],
  server: readonly unknown[],
  identify: Identity,
): unknown[] => {
  const placeOf = (list: readonly unknown[]) => (item: unknown) => indexIn(list, item, identify);
  const sortedBy = (list: readonly unknown[], place: (item: unknown) => number) =>
    [...list].sort((one, other) => place(one) - place(other));
  const inPatch = placeOf(order);
  const onServer = placeOf(server);
  const ofPatch = sortedBy(
    items.filter((item) => inPatch(item) >= 0),
    inPatch,
  );
  const ofServer = sortedBy(
    items.filter((item) => inPatch(item) < 0),
    onServer,
  );
  const merged: unknown[] = [];
  while (ofPatch.length > 0 && ofServer.length > 0) {
    const [one, other] = [onServer(ofServer[0]), onServer(ofPatch[0])];
    merged.push(one >= 0 && other >= 0 && one < other ? ofServer.shift() : ofPatch.shift());
  }
  return [...merged, ...ofServer, ...ofPatch];
};

const unknownDirective = (patch: unknown): Failure =>
  refusal(
    `unknown patch type: ${goPrint(isJsonObject(patch) ? patch[directive] : undefined)} in map: ${goPrint(patch)}`,
  );

const requireKey = (item: unknown, mergeKey: string): JsonObject => {
  if (!isJsonObject(item) || item[mergeKey] === undefined)
    throw refusal(`map: ${goPrint(item)} does not contain declared merge key: ${mergeKey}`);
  return item;
};

/** Lets `$patch: delete` and `$patch: replace` items do their work; answers what is left to merge, and into what. */
const applyItemDirectives = (target: unknown[], patch: unknown[], mergeKey: string) => {
  const toMerge: JsonObject[] = [];
  let left = target;
  let replaces = false;
  for (const item of patch) {
    const kind = isJsonObject(item) ? item[directive] : undefined;
    if (kind === 'replace') replaces = true;
    else if (kind === 'delete') {
      const key = requireKey(item, mergeKey)[mergeKey];
      left = left.filter((other) => !isJsonObject(other) || !sameJson(other[mergeKey], key));
    } else if (kind === undefined) toMerge.push(requireKey(item, mergeKey));
    else throw unknownDirective(item);
  }
  return { left: replaces ? [] : left, toMerge };
};

const mergeKeyed = (target: unknown[], patch: unknown[], schema: Schema, mergeKey: string): unknown[] => {
  const identify = identityOf(mergeKey);
  const { left, toMerge } = applyItemDirectives(target, patch, mergeKey);
  const merged = [...left];
  for (const item of toMerge) {
    const index = indexIn(merged, item, identify);
    const known = merged[index];
    if (isJsonObject(known)) merged[index] = mergeObject(known, item, schema.items);
    else merged.push(asNew(item));
  }
  return ordered(merged, toMerge, target, identify);
};

const mergePrimitives = (target: unknown[], patch: unknown[]): unknown[] => {
  const identify = identityOf(undefined);
  const merged = [...target, ...patch].filter((item, index, all) => indexIn(all, item, identify) === index);
  return ordered(merged, patch, target, identify);
};

const mergeList = (target: unknown[], patch: unknown[], schema: Schema | undefined): unknown[] => {
  if (schema === undefined || !strategiesOf(schema).includes('merge')) return patch;
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  return mergeKey === undefined
    ? mergePrimitives(target, patch)
    : mergeKeyed(target, patch, schema, mergeKey);
};

const mergeValue = (target: unknown, patch: unknown, schema: Schema | undefined): unknown => {
  if (isJsonObject(target) && isJsonObject(patch))
    return strategiesOf(schema).includes('replace') ? asNew(patch) : mergeObject(target, patch, schema);
  return Array.isArray(target) && Array.isArray(patch) ? mergeList(target, patch, schema) : asNew(patch);
};

const listOf = (value: unknown, name: string): unknown[] => {
  if (Array.isArray(value)) return value;
  throw refusal(`expected a list in ${name}`);
};

const retained = (target: JsonObject, patch: JsonObject): JsonObject => {
  if (patch[retain] === undefined) return target;
  const keys = new Set(listOf(patch[retain], retain));
  const strange = Object.keys(patch).find(
    (name) => !isDirective(name) && patch[name] !== null && !keys.has(name),
  );
  if (strange !== undefined)
    throw refusal('invalid patch format of retainKeys: a field of the patch is not among them');
  return Object.fromEntries(Object.entries(target).filter(([name]) => keys.has(name)));
};

const withoutDeleted = (merged: JsonObject, patch: JsonObject): void => {
  for (const name of Object.keys(patch).filter((key) => key.startsWith(deletePrefix))) {
    const field = name.slice(deletePrefix.length);
    const gone = listOf(patch[name], name);
    const list = merged[field];
    if (Array.isArray(list))
      merged[field] = list.filter((item) => !gone.some((value) => sameJson(value, item)));
  }
};

const inOrder = (
  merged: JsonObject,
  target: JsonObject,
  patch: JsonObject,
  schema: Schema | undefined,
): void => {
  for (const name of Object.keys(patch).filter((key) => key.startsWith(orderPrefix))) {
    const field = name.slice(orderPrefix.length);
    const list = merged[field];
    if (!Array.isArray(list)) continue;
    const server = Array.isArray(target[field]) ? target[field] : [];
    const identify = identityOf(fieldSchema(schema, field)?.['x-kubernetes-patch-merge-key']);
    merged[field] = ordered(list, listOf(patch[name], name), server, identify);
  }
};

const mergeObject = (target: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject => {
  const { [directive]: kind, ...rest } = patch;
  if (kind === 'replace') return asNew(rest) as JsonObject;
  if (kind === 'delete') return {};
  if (kind !== undefined && kind !== 'merge') throw refusal(`unknown patch type: ${String(kind)}`);
  const kept = retained(target, rest);
  const merged = { ...kept };
  withoutDeleted(merged, rest);
  for (const name of Object.keys(rest)) {
    if (isDirective(name)) continue;
    if (rest[name] === null) delete merged[name];
    else if (merged[name] === undefined) setField(merged, name, asNew(rest[name]));
    else merged[name] = mergeValue(merged[name], rest[name], fieldSchema(schema, name));
  }
  inOrder(merged, kept, rest, schema);
  return merged;
};

/**
 * Merges a strategic merge patch into an object of a built-in kind: lists by their merge keys, with `$patch`,
 * `$retainKeys`, `$setElementOrder` and `$deleteFromPrimitiveList`. Throws a `Failure` for a patch that does not fit;
 * the object itself is not changed.
 */
export const strategicMerge = <T extends JsonObject>(target: T, patch: JsonObject, schema: Schema): T =>
  mergeObject(cloneJson(target), cloneJson(patch), schema) as T;
