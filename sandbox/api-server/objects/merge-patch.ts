import { isJsonObject, type JsonObject, setField } from '../schema/json-value.ts';

/** JSON merge patch (RFC 7386): null takes a field away, objects are merged, everything else replaces. */
export const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isJsonObject(patch)) return patch;
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else setField(merged, name, mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value));
  }
  return merged;
};

/**
 * The patched object as Go prints it: objects that the patch touches come with sorted fields, the others as they were. Texts of
 * refused patches show it.
 */
export const printedAfterPatch = (patched: unknown, patch: unknown): unknown => {
  if (!isJsonObject(patched) || !isJsonObject(patch)) return patched;
  const sorted: JsonObject = {};
  for (const name of Object.keys(patched).sort())
    setField(
      sorted,
      name,
      printedAfterPatch(patched[name], Object.hasOwn(patch, name) ? patch[name] : undefined),
    );
  return sorted;
};
