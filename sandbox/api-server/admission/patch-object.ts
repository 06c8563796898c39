import jsonPatch, { type Operation } from 'fast-json-patch';
import { cloneJson, isJsonObject, sameJson } from '../schema/json-value.ts';

// The package is CommonJS: Node finds no named exports in it.
const { applyPatch, JsonPatchError } = jsonPatch;

/** A patch that does not fit its object; the message is that of Go's json-patch, which clients know. */
export class PatchProblem extends Error {}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

/** What stands at a JSON pointer; undefined where nothing does. */
const at = (document: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .map(unescaped)
    .reduce<unknown>((value, step) => {
      if (Array.isArray(value)) return value[Number(step)];
      return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
    }, document);

const parentOf = (pointer: string): string => pointer.slice(0, pointer.lastIndexOf('/'));

const keyOf = (pointer: string): string => unescaped(pointer.slice(pointer.lastIndexOf('/') + 1));

type Wording = (operation: Operation, document: unknown) => string;

const from = (operation: Operation): string => ('from' in operation ? operation.from : '');

const hasContainer = (document: unknown, pointer: string): boolean =>
  typeof at(document, parentOf(pointer)) === 'object' && at(document, parentOf(pointer)) !== null;

const wordings: Readonly<Record<string, Wording>> = {
  add: ({ path }, document) =>
    hasContainer(document, path)
      ? `error in add for path: '${path}': Unable to access invalid index: ${keyOf(path)}: invalid index referenced`
      : `add operation does not apply: doc is missing path: "${path}": missing value`,
  remove: ({ path }, document) =>
    hasContainer(document, path)
      ? `error in remove for path: '${path}': Unable to remove nonexistent key: ${keyOf(path)}: missing value`
      : `remove operation does not apply: doc is missing path: "${path}": missing value`,
  replace: ({ path }, document) =>
    hasContainer(document, path)
      ? `replace operation does not apply: doc is missing key: ${path}: missing value`
      : `replace operation does not apply: doc is missing path: ${path}: missing value`,
  test: ({ path }) => `testing value ${path} failed: test failed`,
  move: (operation) =>
    `move operation does not apply: doc is missing from path: ${from(operation)}: missing value`,
  copy: (operation) =>
    `copy operation does not apply: doc is missing from path: ${from(operation)}: missing value`,
};

const isOperation = (value: unknown): value is Operation =>
  isJsonObject(value) && typeof value['op'] === 'string' && typeof value['path'] === 'string';

const applyOne = (document: unknown, operation: Operation): unknown => {
  // fast-json-patch would compare an absent value with undefined; Go takes a missing one for null.
  if (operation.op === 'test' && !sameJson(at(document, operation.path) ?? null, operation.value ?? null))
    throw new PatchProblem(wordings['test']?.(operation, document));
  try {
    return applyPatch(document, [operation], true).newDocument;
  } catch (thrown) {
    if (!(thrown instanceof JsonPatchError)) throw thrown;
    throw new PatchProblem(
      wordings[operation.op]?.(operation, document) ?? `Unexpected kind: ${operation.op}`,
    );
  }
};

/** Applies a JSON Patch to a copy of a document. Throws a `PatchProblem` for one that does not fit. */
export const patchDocument = <T>(document: T, patch: readonly unknown[]): T => {
  let patched: unknown = cloneJson(document);
  for (const operation of patch) {
    if (!isOperation(operation)) throw new PatchProblem('operation missing path field: missing value');
    patched = applyOne(patched, cloneJson(operation));
  }
  return patched as T;
};
