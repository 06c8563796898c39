import { parse as parseYaml } from 'yaml';
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { failures } from '../http/failure.ts';
import type { Kind } from '../kind.ts';
import { decodeProtobuf, UnreadableProtobuf } from '../protobuf/decode-object.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import { refuseObject } from './accept-fields.ts';
import { goJsonProblem } from './go-json-problem.ts';
import { apiVersionOfKind } from './target.ts';

/** Content types of objects; an object without one is taken for JSON. */
export const objectMediaTypes = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
] as const;

/** `application/json; charset=utf-8` without the parameters. */
export const mediaTypeOf = (contentType: string | undefined): string =>
  (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** As kube-apiserver shows the body of a request that it cannot read. */
const summary = (text: string): string => {
  if (text === '') return '<empty>';
  if (!text.startsWith('{')) return Buffer.from(text).toString('hex').slice(0, 60);
  return text.length > 30 ? `${text.slice(0, 30)} ...` : text;
};

const unrecognized = (kind: Kind, why: string, text: string) =>
  failures.badRequest(
    `the object provided is unrecognized (must be of type ${kind.resource.kind}): ${why} (${summary(text)})`,
  );

const parseJson = (text: string, kind: Kind): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw unrecognized(kind, `couldn't get version/kind; json parse error: ${goJsonProblem(text)}`, text);
  }
};

/** Parses a body of YAML. Refuses (400) what is none. */
export const parseYamlBody = (text: string): unknown => {
  try {
    return parseYaml(text);
  } catch (cause) {
    const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw failures.badRequest(`error decoding YAML: ${line}`);
  }
};

/** The group as the Go package of its internal types is called: `core`, `apps`, `storage`. */
const packageOf = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? group));

const checkType = (object: JsonObject, kind: Kind): void => {
  const { group, kind: name, version } = kind.resource;
  const apiVersion = apiVersionOfKind(kind);
  const given = { apiVersion: object['apiVersion'] || apiVersion, kind: object['kind'] || name };
  if (given.apiVersion !== apiVersion)
    throw failures.badRequest(
      `the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersion})`,
    );
  if (given.kind !== name)
    throw failures.badRequest(
      `${given.kind} in version "${version}" cannot be handled as a ${name}: converting (${version}.${given.kind}) to (${packageOf(group)}.${name}): unknown conversion`,
    );
};

const asObject = (value: unknown, kind: Kind, text: string): KubernetesObject => {
  if (!isJsonObject(value))
    throw unrecognized(
      kind,
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
      text,
    );
  if (kind.custom && !value['kind']) throw failures.badRequest(`Object 'Kind' is missing in '${text}'`);
  checkType(value, kind);
  const metadata = value['metadata'] ?? {};
  if (!isJsonObject(metadata))
    throw refuseObject(
      kind,
      `json: cannot unmarshal ${Array.isArray(metadata) ? 'array' : typeof metadata} into Go struct field ${kind.resource.kind}.metadata of type v1.ObjectMeta`,
    );
  return { ...value, apiVersion: apiVersionOfKind(kind), kind: kind.resource.kind, metadata };
};

const parseProtobuf = (body: Buffer): JsonObject => {
  try {
    return decodeProtobuf(body);
  } catch (thrown) {
    if (thrown instanceof UnreadableProtobuf) throw failures.badRequest(thrown.message);
    throw thrown;
  }
};

/** Reads an object of a kind that is not stored: a review, options, a binding. Refuses (400) what is no object. */
export const decodeDocument = (body: Buffer, contentType: string | undefined, kind: string): JsonObject => {
  const isProtobuf = mediaTypeOf(contentType) === 'application/vnd.kubernetes.protobuf';
  const document = isProtobuf ? parseProtobuf(body) : parseYamlBody(body.toString('utf8'));
  if (isJsonObject(document)) return document;
  throw failures.badRequest(`the object provided is unrecognized (must be of type ${kind})`);
};

/** Reads an object of a kind from a body of JSON, YAML or protobuf. Refuses (400, 415) everything else. */
export const decodeObject = (body: Buffer, contentType: string | undefined, kind: Kind): KubernetesObject => {
  const text = body.toString('utf8');
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === '' || mediaType === 'application/json')
    return asObject(parseJson(text, kind), kind, text);
  if (mediaType === 'application/vnd.kubernetes.protobuf') return asObject(parseProtobuf(body), kind, '');
  if (mediaType !== 'application/yaml') throw failures.unsupportedMediaType(objectMediaTypes);
  return asObject(parseYamlBody(text), kind, text);
};
