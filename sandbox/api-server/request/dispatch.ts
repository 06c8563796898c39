import { issueToken } from '../authentication/token-request.ts';
import type { TokenSigner } from '../authentication/web-token.ts';
import { type AccessAttributes, refusalOf } from '../authorization/attributes.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { Discovery } from '../discovery/discovery-requests.ts';
import { servedResourceOf } from '../discovery/served-resource.ts';
import { serverVersion } from '../discovery/server-version.ts';
import { type ApiRequest, type Handler, jsonReply, type Reply, textReply } from '../http/exchange.ts';
import { failures, PageNotFound } from '../http/failure.ts';
import type { Kind } from '../kind.ts';
import { decodeDocument } from '../objects/decode.ts';
import type { Machinery } from '../objects/machinery.ts';
import { requestObjects } from '../objects/object-requests.ts';
import type { Target } from '../objects/target.ts';
import type { JsonObject } from '../schema/json-value.ts';
import { keyOf } from '../store/stored-object.ts';
import type { ReviewResource } from './review-resources.ts';
import { parseResourcePath, type ResourcePath, verbOf } from './route.ts';

/** The parts that answer requests. */
export type Dispatch = {
  machinery: Machinery;
  authorizer: Authorizer;
  signer: TokenSigner;
  discovery: Discovery;
  /** The documents below `/openapi`; undefined for any other path. */
  openApi: (request: ApiRequest) => Reply | undefined;
  reviews: readonly ReviewResource[];
};

/** What everyone may ask, as the role `system:public-info-viewer` says: whether the server is well, and its version. */
const publicPaths = new Set(['/healthz', '/livez', '/readyz', '/version', '/version/']);

const healthReply = ({ path, query }: ApiRequest): Reply | undefined => {
  if (!/^\/(healthz|livez|readyz)(\/[\w-]+)*$/.test(path)) return undefined;
  const word = path.split('/')[1];
  return textReply(200, query.has('verbose') ? `[+]ping ok\n${word} check passed\n` : 'ok');
};

const isReading = ({ method }: ApiRequest): boolean => method === 'GET' || method === 'HEAD';

const authorizePath = ({ caller, path, method }: ApiRequest, authorizer: Authorizer): void => {
  if (publicPaths.has(path)) return;
  if (caller.groups.includes('system:unauthenticated')) throw failures.unauthorized();
  const attributes: AccessAttributes = { type: 'path', caller, verb: method.toLowerCase(), path };
  if (!authorizer.decide(attributes).allowed) throw failures.forbiddenPath(path, refusalOf(attributes));
};

const answerPath = (request: ApiRequest, { discovery, openApi, authorizer }: Dispatch): Reply => {
  authorizePath(request, authorizer);
  const reply =
    healthReply(request) ??
    (request.path.replace(/\/$/, '') === '/version' ? jsonReply(200, serverVersion) : undefined) ??
    discovery(request) ??
    openApi(request);
  if (reply === undefined) throw new PageNotFound();
  if (!isReading(request)) throw failures.methodNotAllowed();
  return reply;
};

const authorizeResource = (request: ApiRequest, path: ResourcePath, authorizer: Authorizer): void => {
  const { caller, method, query } = request;
  if (caller.groups.includes('system:unauthenticated')) throw failures.unauthorized();
  const isWatch = ['true', '1'].includes(query.get('watch') ?? '');
  const { group, version, plural, namespace = '', name = '', subresource = '' } = path;
  const isNamespace = group === '' && plural === 'namespaces';
  const attributes: AccessAttributes = {
    type: 'resource',
    caller,
    verb: verbOf(method, path, isWatch),
    group,
    version,
    resource: plural,
    subresource,
    namespace: isNamespace ? name : namespace,
    name,
  };
  const access = authorizer.decide(attributes);
  if (access.allowed) return;
  const called = subresource === '' ? plural : `${plural}/${subresource}`;
  throw failures.forbidden({ group, plural: called, kind: plural }, name, refusalOf(attributes));
};

const answerReview = async (
  { review, kind }: ReviewResource,
  request: ApiRequest,
  { namespace }: ResourcePath,
) => {
  if (request.method !== 'POST') throw failures.methodNotAllowed();
  return jsonReply(201, review(await readObject(request, kind), request.caller, namespace));
};

const readObject = async ({ readBody, headers }: ApiRequest, kind: string): Promise<JsonObject> =>
  decodeDocument(await readBody(), headers['content-type'], kind);

const answerTokenRequest = async (request: ApiRequest, target: Target, { machinery, signer }: Dispatch) => {
  const { kind, namespace, name = '' } = target;
  if (request.method !== 'POST') throw failures.methodNotAllowed();
  const account = machinery.store.get('serviceaccounts', keyOf(namespace, name));
  if (account === undefined) throw failures.notFound(kind.resource, name);
  const { store, now } = machinery;
  return jsonReply(
    201,
    issueToken(await readObject(request, 'TokenRequest'), account.object, { store, signer, now }),
  );
};

const isServiceAccountToken = ({ kind, name, subresource }: Target): boolean =>
  kind.resource.group === '' &&
  kind.resource.plural === 'serviceaccounts' &&
  subresource === 'token' &&
  name !== undefined;

const servesSubresource = (kind: Kind, subresource: string | undefined): boolean => {
  if (subresource === undefined) return true;
  return servedResourceOf(kind).subresources.some(({ name }) => name === subresource);
};

const targetOf = (kind: Kind, path: ResourcePath): Target => {
  const { namespace, name, subresource } = path;
  const isInNamespace = namespace !== undefined;
  // A name without a namespace, or a namespace where there is none, is a path that nobody serves.
  const fits = kind.resource.namespaced ? isInNamespace || name === undefined : !isInNamespace;
  if (!fits) throw new PageNotFound();
  return { kind, namespace, name, subresource };
};

const answerResource = (
  request: ApiRequest,
  path: ResourcePath,
  dispatch: Dispatch,
): Promise<Reply> | Reply => {
  const { machinery, reviews, authorizer } = dispatch;
  const { group, version, plural } = path;
  authorizeResource(request, path, authorizer);
  const review = reviews.find(
    (one) => one.group === group && one.version === version && one.plural === plural,
  );
  if (review !== undefined) return answerReview(review, request, path);
  const kind = machinery.kinds.find(group, version, plural);
  if (kind === undefined) throw new PageNotFound();
  const target = targetOf(kind, path);
  if (isServiceAccountToken(target)) return answerTokenRequest(request, target, dispatch);
  if (!servesSubresource(kind, path.subresource)) throw failures.noSuchResource();
  if (path.subresource === undefined && !kind.verbs.includes(verbOf(request.method, path, false)))
    throw failures.methodNotAllowed();
  return requestObjects({ machinery, target, request });
};

/** Makes the handler of all requests: who may do it is asked first, then it is done. */
export const createDispatch =
  (dispatch: Dispatch): Handler =>
  (request) => {
    const path = parseResourcePath(request.path);
    return path === undefined ? answerPath(request, dispatch) : answerResource(request, path, dispatch);
  };
