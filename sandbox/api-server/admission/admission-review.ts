import type { KubernetesObject, StatusBody } from '../../../core/model/kubernetes-object.ts';
import type { AdmissionAttributes } from '../objects/admission-control.ts';
import { goJsonProblem } from '../objects/go-json-problem.ts';
import { goQuote } from '../schema/finding.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';

type GroupVersionKind = { group: string; version: string; kind: string };
type GroupVersionResource = { group: string; version: string; resource: string };

/** `admission.k8s.io/v1` AdmissionRequest, as recorded from kube-apiserver 1.36. */
export type AdmissionRequest = {
  uid: string;
  kind: GroupVersionKind;
  resource: GroupVersionResource;
  subResource?: string;
  requestKind: GroupVersionKind;
  requestResource: GroupVersionResource;
  requestSubResource?: string;
  name?: string;
  namespace?: string;
  operation: AdmissionAttributes['operation'];
  userInfo: { username: string; uid?: string; groups: readonly string[]; extra?: unknown };
  object: KubernetesObject | null;
  oldObject: KubernetesObject | null;
  dryRun: boolean;
  options: unknown;
};

/** What a webhook answered, once it is known to be an answer. */
export type AdmissionResponse = {
  allowed: boolean;
  status: StatusBody | undefined;
  /** JSON Patch, decoded from base64; null where it could not be decoded, undefined where there is none. */
  patch: unknown;
  warnings: readonly string[];
};

/** The request of a review. Kind and resource are those of the request: no version is converted. */
export const admissionRequest = (attributes: AdmissionAttributes, uid: string): AdmissionRequest => {
  const { group, version, kind: name, plural } = attributes.kind.resource;
  const kind = { group, version, kind: name };
  const resource = { group, version, resource: plural };
  const { subresource, caller, namespace } = attributes;
  const ofNamespace =
    attributes.kind.resource.plural === 'namespaces' && group === '' ? attributes.name : namespace;
  return {
    uid,
    kind,
    resource,
    ...(subresource === undefined ? {} : { subResource: subresource }),
    requestKind: kind,
    requestResource: resource,
    ...(subresource === undefined ? {} : { requestSubResource: subresource }),
    ...(attributes.name === '' ? {} : { name: attributes.name }),
    ...(ofNamespace === undefined || ofNamespace === '' ? {} : { namespace: ofNamespace }),
    operation: attributes.operation,
    userInfo: {
      username: caller.name,
      ...(caller.uid === undefined ? {} : { uid: caller.uid }),
      groups: caller.groups,
      ...(caller.extra === undefined ? {} : { extra: caller.extra }),
    },
    object: attributes.object ?? null,
    oldObject: attributes.oldObject ?? null,
    dryRun: attributes.dryRun,
    options: attributes.options,
  };
};

/** The whole body of the call. */
export const reviewOf = (request: AdmissionRequest) => ({
  kind: 'AdmissionReview',
  apiVersion: 'admission.k8s.io/v1',
  request,
});

/** An answer that is none; the message says why, as kube-apiserver words it. */
export class BadReview extends Error {}

const typeStruct =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

const goTypeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadReview(`couldn't get version/kind; json parse error: ${goJsonProblem(text)}`);
  }
};

/** Decodes the body of an answer. Throws a `BadReview` for what is no review at all. */
export const decodeReview = (text: string): JsonObject => {
  const body = parse(text);
  if (!isJsonObject(body))
    throw new BadReview(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${goTypeOf(body)} into Go value of type ${typeStruct}`,
    );
  const { kind, apiVersion } = body;
  if (typeof kind !== 'string' || kind === '') throw new BadReview(`Object 'Kind' is missing in '${text}'`);
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw new BadReview(`Object 'apiVersion' is missing in '${text}'`);
  if (kind !== 'AdmissionReview' || apiVersion !== 'admission.k8s.io/v1')
    throw new BadReview(
      `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme`,
    );
  return body;
};

const decodePatch = (encoded: string): unknown => {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch {
    return null;
  }
};

const checkPatch = (response: JsonObject, mutating: boolean): void => {
  const hasPatch = typeof response['patch'] === 'string' && response['patch'] !== '';
  const { patchType } = response;
  if (!mutating && hasPatch) throw new BadReview('validating webhook may not return response.patch');
  if (!mutating && patchType !== undefined)
    throw new BadReview('validating webhook may not return response.patchType');
  if (hasPatch && patchType === undefined)
    throw new BadReview('webhook returned response.patch but not response.patchType');
  if (!hasPatch && patchType !== undefined)
    throw new BadReview('webhook returned response.patchType but not response.patch');
};

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** Checks a decoded review against the request it answers. Throws a `BadReview` for one that cannot be trusted. */
export const responseOf = (review: JsonObject, uid: string, mutating: boolean): AdmissionResponse => {
  const { response } = review;
  if (!isJsonObject(response)) throw new BadReview('webhook response was absent');
  if (response['uid'] !== uid)
    throw new BadReview(
      `expected response.uid=${goQuote(uid)}, got ${goQuote(String(response['uid'] ?? ''))}`,
    );
  checkPatch(response, mutating);
  const { patch, status } = response;
  return {
    allowed: response['allowed'] === true,
    status: isJsonObject(status) ? (status as unknown as StatusBody) : undefined,
    patch: typeof patch === 'string' && patch !== '' ? decodePatch(patch) : undefined,
    warnings: textsOf(response['warnings']),
  };
};
