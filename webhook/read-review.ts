import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import type { AdmissionRequest, Requester } from './admission-request.ts';

/** What a body turned out to be. */
export type ReviewReading =
  | { readonly state: 'review'; readonly request: AdmissionRequest }
  /** No `admission.k8s.io/v1` AdmissionReview; its uid where it has one all the same. */
  | { readonly state: 'no-review'; readonly uid: string | undefined; readonly why: string }
  /** A review about an object that is none. */
  | {
      readonly state: 'unreadable-object';
      readonly uid: string;
      readonly operation: AdmissionRequest['operation'];
      readonly dryRun: boolean;
      readonly why: string;
    };

type JsonObject = { readonly [field: string]: unknown };

const operations: readonly string[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isOperation = (value: unknown): value is AdmissionRequest['operation'] =>
  typeof value === 'string' && operations.includes(value);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

const isTextMap = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((entry) => typeof entry === 'string');

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const readUser = (value: unknown): Requester => {
  const user = isObject(value) ? value : {};
  const extra = isObject(user['extra']) ? user['extra'] : {};
  return {
    username: textOf(user['username']),
    ...(typeof user['uid'] === 'string' ? { uid: user['uid'] } : {}),
    groups: isTextList(user['groups']) ? user['groups'] : [],
    extra: Object.fromEntries(
      Object.entries(extra).filter((entry): entry is [string, string[]] => isTextList(entry[1])),
    ),
  };
};

/** What is wrong with the metadata; undefined where an API server could have sent it. */
const faultOfMetadata = (metadata: unknown): string | undefined => {
  if (!isObject(metadata)) return 'it has no metadata';
  const { annotations, labels, finalizers, name, namespace } = metadata;
  if (annotations !== undefined && annotations !== null && !isTextMap(annotations))
    return 'metadata.annotations is no map of texts';
  if (labels !== undefined && labels !== null && !isTextMap(labels))
    return 'metadata.labels is no map of texts';
  if (finalizers !== undefined && finalizers !== null && !isTextList(finalizers))
    return 'metadata.finalizers is no list of texts';
  if (name !== undefined && typeof name !== 'string') return 'metadata.name is no text';
  return namespace === undefined || typeof namespace === 'string'
    ? undefined
    : 'metadata.namespace is no text';
};

/** The object, undefined where there is none, or as text what is wrong with it. */
const readObject = (field: string, value: unknown): KubernetesObject | string | undefined => {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) return `request.${field} is no object`;
  const fault = faultOfMetadata(value['metadata']);
  return fault === undefined ? (value as KubernetesObject) : `request.${field} cannot be read: ${fault}`;
};

const needsObject = { CREATE: true, UPDATE: true, DELETE: false, CONNECT: false } as const;
const needsOldObject = { CREATE: false, UPDATE: true, DELETE: true, CONNECT: false } as const;

type Objects = Pick<AdmissionRequest, 'object' | 'oldObject'>;

const readObjects = (operation: AdmissionRequest['operation'], request: JsonObject): Objects | string => {
  const object = readObject('object', request['object']);
  const oldObject = readObject('oldObject', request['oldObject']);
  if (typeof object === 'string') return object;
  if (typeof oldObject === 'string') return oldObject;
  if (needsObject[operation] && object === undefined) return `request.object is missing in a ${operation}`;
  if (needsOldObject[operation] && oldObject === undefined)
    return `request.oldObject is missing in a ${operation}`;
  return { object, oldObject };
};

const readRequest = (uid: string, request: JsonObject): ReviewReading => {
  const { operation, resource, kind } = request;
  if (!isOperation(operation))
    return { state: 'no-review', uid, why: `request.operation is none of ${operations.join(', ')}` };
  if (!isObject(resource) || textOf(resource['resource']) === '')
    return { state: 'no-review', uid, why: 'request.resource does not say what it is about' };
  if (!isObject(kind) || textOf(kind['kind']) === '')
    return { state: 'no-review', uid, why: 'request.kind does not say what it is about' };
  const dryRun = request['dryRun'] === true;
  const objects = readObjects(operation, request);
  if (typeof objects === 'string')
    return { state: 'unreadable-object', uid, operation, dryRun, why: objects };
  const { group, version } = resource;
  return {
    state: 'review',
    request: {
      uid,
      operation,
      resource: { group: textOf(group), version: textOf(version), resource: textOf(resource['resource']) },
      subResource: textOf(request['subResource']),
      kind: { group: textOf(kind['group']), version: textOf(kind['version']), kind: textOf(kind['kind']) },
      name: textOf(request['name']),
      namespace: textOf(request['namespace']),
      user: readUser(request['userInfo']),
      dryRun,
      ...objects,
    },
  };
};

/** Reads the body of a request to a webhook. It never throws, whatever the text. */
export const readReview = (text: string): ReviewReading => {
  const review = parse(text);
  if (!isObject(review)) return { state: 'no-review', uid: undefined, why: 'the body is no JSON object' };
  const request = isObject(review['request']) ? review['request'] : undefined;
  const uid = textOf(request?.['uid']) || undefined;
  if (review['kind'] !== 'AdmissionReview')
    return { state: 'no-review', uid, why: 'the body is no AdmissionReview' };
  if (review['apiVersion'] !== 'admission.k8s.io/v1')
    return { state: 'no-review', uid, why: 'only reviews of admission.k8s.io/v1 are understood' };
  if (request === undefined) return { state: 'no-review', uid, why: 'the review has no request' };
  if (uid === undefined) return { state: 'no-review', uid, why: 'the request has no uid' };
  return readRequest(uid, request);
};
