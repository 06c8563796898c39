import jsonPatch, { type Operation } from 'fast-json-patch';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { strategicMerge } from '../apply/strategic-merge.ts';
import { failures } from '../http/failure.ts';
import type { Kind } from '../kind.ts';
import { cloneJson, isJsonObject } from '../schema/json-value.ts';
import type { Schema } from '../schema/schema.ts';
import { mediaTypeOf, parseYamlBody } from './decode.ts';
import { goJsonProblem } from './go-json-problem.ts';
import { mergePatch } from './merge-patch.ts';

const mediaTypes = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
} as const;

/** The four ways to say a change. */
export type PatchKind = (typeof mediaTypes)[keyof typeof mediaTypes];

/** A patch as it was sent. */
export type PatchBody = { kind: PatchKind; patch: unknown };

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw failures.badRequest(`error decoding patch: ${goJsonProblem(text)}`);
  }
};

/** Reads a patch. Refuses (415) other content types; custom resources take no strategic merge. */
export const readPatch = (body: Buffer, contentType: string | undefined, { custom }: Kind): PatchBody => {
  const accepted = Object.keys(mediaTypes).filter((type) => !custom || !type.includes('strategic'));
  const mediaType = mediaTypeOf(contentType);
  if (!accepted.includes(mediaType)) throw failures.unsupportedMediaType(accepted);
  const kind = mediaTypes[mediaType as keyof typeof mediaTypes];
  const text = body.toString('utf8');
  return { kind, patch: kind === 'apply' ? parseYamlBody(text) : parseJson(text) };
};

const isOperation = (value: unknown): value is Operation =>
  isJsonObject(value) && typeof value['op'] === 'string' && typeof value['path'] === 'string';

const applyOperations = (target: KubernetesObject, patch: unknown): unknown => {
  if (!Array.isArray(patch) || !patch.every(isOperation))
    throw failures.badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    );
  try {
    return jsonPatch.applyPatch(cloneJson(target), cloneJson(patch), true).newDocument;
  } catch {
    // Go's library says what is wrong; kube-apiserver does not pass it on.
    throw failures.rejectedPatch();
  }
};

/** What a patch that is no apply makes of an object. */
export const patched = (
  target: KubernetesObject,
  { kind, patch }: PatchBody,
  schema: Schema,
): KubernetesObject => {
  if (kind === 'json') return asObject(applyOperations(target, patch));
  if (!isJsonObject(patch))
    throw failures.badRequest(
      'error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}',
    );
  return asObject(kind === 'merge' ? mergePatch(target, patch) : strategicMerge(target, patch, schema));
};

const asObject = (value: unknown): KubernetesObject => {
  if (!isJsonObject(value)) throw failures.rejectedPatch();
  const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {};
  return { ...value, metadata };
};
