import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { definitionCollection } from '../discovery/definition-lifecycle.ts';
import { type ApiRequest, jsonReply, piecesReply, type Reply } from '../http/exchange.ts';
import { Failure, failures } from '../http/failure.ts';
import { selectionOf } from '../selection/selection.ts';
import { keyOf } from '../store/stored-object.ts';
import { type Presentation, presentationOf, presentList, presentObject } from '../table/presentation.ts';
import { planWatch } from '../watch/watch-plan.ts';
import { watchReply } from '../watch/watch-stream.ts';
import { createObject } from './create.ts';
import { decodeObject } from './decode.ts';
import { deleteObject, deletionAnswer } from './delete.ts';
import { readDeleteRequest } from './delete-options.ts';
import { deleteSelected } from './delete-selected.ts';
import { listObjects } from './list.ts';
import type { WriteContext } from './machinery.ts';
import type { ObjectRequest } from './object-request.ts';
import { patchObject } from './patch.ts';
import { readPatch } from './patch-body.ts';
import { bindPod, evictPod, podLog } from './pod-requests.ts';
import { requestScale } from './scale-requests.ts';
import { collectionOf, type ObjectTarget } from './target.ts';
import { updateObject } from './update.ts';
import { jsonOf } from './view.ts';
import { readWriteOptions } from './write-options.ts';

/** How often a watch that allows it is told how far it is. */
const bookmarkEveryMs = 60_000;

const presentationFor = ({ machinery, request }: ObjectRequest): Presentation =>
  presentationOf(request.headers.accept, request.query, machinery.now());

const isReading = ({ method }: ApiRequest): boolean => method === 'GET' || method === 'HEAD';

const isWatch = ({ query }: ApiRequest): boolean => ['true', '1'].includes(query.get('watch') ?? '');

const startWatch = (call: ObjectRequest): Reply => {
  const { machinery, target, request } = call;
  return watchReply({
    store: machinery.store,
    target,
    selection: selectionOf(request.query, target.kind),
    plan: planWatch(request.query, Math.random),
    presentation: presentationFor(call),
    bookmarkEveryMs,
    onKindGone: (end) =>
      machinery.store.subscribe(definitionCollection, ({ type, stored }) => {
        if (type === 'DELETED' && stored.object.metadata.name === collectionOf(target.kind)) end();
      }),
  });
};

const list = (call: ObjectRequest): Reply => {
  const { machinery, target, request } = call;
  if (isWatch(request)) return startWatch(call);
  const { items, meta } = listObjects(machinery, target, request);
  return piecesReply(200, presentList(target.kind, items, meta, presentationFor(call)));
};

const get = (call: ObjectRequest, target: ObjectTarget): Reply => {
  const { kind, namespace, name } = target;
  const presentation = presentationFor(call);
  const stored = call.machinery.store.get(collectionOf(kind), keyOf(namespace, name));
  if (stored === undefined) throw failures.notFound(kind.resource, name);
  return jsonReply(
    200,
    presentation.shape === 'object'
      ? jsonOf(kind, stored)
      : presentObject(kind, JSON.parse(jsonOf(kind, stored)), presentation),
  );
};

/** Runs a write and answers when it is kept: what a client was told must survive a crash. */
const write = async (
  call: ObjectRequest,
  options: WriteContext['options'],
  run: (context: WriteContext) => Promise<{ status: number; body: unknown; object?: KubernetesObject }>,
): Promise<Reply> => {
  const { machinery, request, target } = call;
  const presentation = presentationFor(call);
  const warnings = new Set<string>();
  const context = { caller: request.caller, options, warn: (text: string) => warnings.add(text) };
  const { status, body, object } = await run(context).catch((thrown: unknown) => {
    throw thrown instanceof Failure ? new Failure(thrown.body, [...warnings]) : thrown;
  });
  await machinery.store.durable();
  const text = object === undefined ? body : presentObject(target.kind, object, presentation);
  return jsonReply(status, text, { warnings: [...warnings] });
};

const create = async (call: ObjectRequest): Promise<Reply> => {
  const { machinery, target, request } = call;
  const given = decodeObject(await request.readBody(), request.headers['content-type'], target.kind);
  return write(call, readWriteOptions(request, 'CreateOptions'), async (context) => {
    const object = await createObject(machinery, target, given, context);
    return { status: 201, body: undefined, object };
  });
};

const checkUrl = (object: KubernetesObject, { name, namespace }: ObjectTarget): void => {
  if (object.metadata.name !== name)
    throw failures.badRequest(
      `the name of the object (${object.metadata.name ?? ''}${object.metadata.name ? '' : ' based on URL'}) does not match the name on the URL (${name})`,
    );
  if (object.metadata.namespace && object.metadata.namespace !== (namespace ?? ''))
    throw failures.badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
};

/** Built-in kinds that may be replaced only by someone who says which version they saw (`AllowUnconditionalUpdate`). */
const neverReplacedBlindly = new Set([
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'leases.coordination.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'poddisruptionbudgets.policy',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'volumeattachments.storage.k8s.io',
]);

const replace = async (call: ObjectRequest, target: ObjectTarget): Promise<Reply> => {
  const { machinery, request } = call;
  const { kind } = target;
  const object = decodeObject(await request.readBody(), request.headers['content-type'], kind);
  checkUrl(object, target);
  return write(call, readWriteOptions(request, 'UpdateOptions'), async (context) => {
    const mode = { needsResourceVersion: kind.custom || neverReplacedBlindly.has(collectionOf(kind)) };
    const updated = await updateObject(machinery, target, () => ({ object }), { context, mode });
    return { status: 200, body: undefined, object: updated };
  });
};

const patch = async (call: ObjectRequest, target: ObjectTarget): Promise<Reply> => {
  const { machinery, request } = call;
  const body = readPatch(await request.readBody(), request.headers['content-type'], target.kind);
  return write(call, readWriteOptions(request, 'PatchOptions'), async (context) => {
    const { object, created } = await patchObject(machinery, target, body, context);
    return { status: created ? 201 : 200, body: undefined, object };
  });
};

const remove = async (call: ObjectRequest, target: ObjectTarget): Promise<Reply> => {
  const { machinery, request } = call;
  const wish = await readDeleteRequest(request);
  const options = { ...readWriteOptions(request, 'DeleteOptions'), dryRun: wish.dryRun };
  return write(call, options, async (context) => {
    const deletion = await deleteObject(machinery, target, wish, context);
    return { status: 200, body: deletionAnswer(target.kind, deletion) };
  });
};

const removeSelected = async (call: ObjectRequest): Promise<Reply> => {
  const { machinery, target, request } = call;
  const wish = await readDeleteRequest(request);
  const options = { ...readWriteOptions(request, 'DeleteOptions'), dryRun: wish.dryRun };
  return write(call, options, async (context) => ({
    status: 200,
    body: await deleteSelected(machinery, target, { wish, query: request.query }, context),
  }));
};

const ofCollection = (call: ObjectRequest): Promise<Reply> | Reply => {
  const { kind, namespace } = call.target;
  // Across all namespaces one can only look.
  if (kind.resource.namespaced && namespace === undefined && !isReading(call.request))
    throw failures.methodNotAllowed();
  switch (call.request.method) {
    case 'GET':
    case 'HEAD':
      return list(call);
    case 'POST':
      return create(call);
    case 'DELETE':
      return removeSelected(call);
    default:
      throw failures.methodNotAllowed();
  }
};

const ofObject = (call: ObjectRequest, target: ObjectTarget): Promise<Reply> | Reply => {
  const { method } = call.request;
  if (method === 'PUT') return replace(call, target);
  if (method === 'PATCH') return patch(call, target);
  if (isReading(call.request))
    return isWatch(call.request) ? startWatch(watchOfOne(call, target)) : get(call, target);
  if (method === 'DELETE' && target.subresource === undefined) return remove(call, target);
  throw failures.methodNotAllowed();
};

/** A watch on the path of one object is a watch of the collection by its name. */
const watchOfOne = (call: ObjectRequest, target: ObjectTarget): ObjectRequest => {
  const query = new URLSearchParams(call.request.query);
  query.set('fieldSelector', `metadata.name=${target.name}`);
  return { ...call, request: { ...call.request, query } };
};

/** Answers a request on stored objects: collections, single objects, and their subresources. */
export const requestObjects = (call: ObjectRequest): Promise<Reply> | Reply => {
  const { name, subresource, kind } = call.target;
  if (name === undefined) return ofCollection(call);
  const target = { ...call.target, name };
  if (subresource === 'binding' || subresource === 'eviction') {
    if (call.request.method !== 'POST') throw failures.methodNotAllowed();
    return subresource === 'binding' ? bindPod(call, target) : evictPod(call, target);
  }
  if (subresource === 'log') return podLog(call, target);
  if (subresource === 'scale' && kind.scale !== undefined) return requestScale(call, target, kind.scale);
  return ofObject(call, target);
};
