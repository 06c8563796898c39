import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { jsonReply, type Reply } from '../http/exchange.ts';
import { failures } from '../http/failure.ts';
import type { ScaleSubresource } from '../kind.ts';
import { isJsonObject } from '../schema/json-value.ts';
import { keyOf } from '../store/stored-object.ts';
import { decodeDocument } from './decode.ts';
import type { WriteContext } from './machinery.ts';
import type { ObjectRequest } from './object-request.ts';
import { type PatchBody, patched, readPatch } from './patch-body.ts';
import { hasReplicas, scaleOf, scaleSchema, withScale } from './scale.ts';
import { collectionOf, type ObjectTarget } from './target.ts';
import { type Propose, updateObject } from './update.ts';
import { viewOf } from './view.ts';
import { readWriteOptions } from './write-options.ts';

const readScale = (
  { machinery }: ObjectRequest,
  { kind, namespace, name }: ObjectTarget,
  scale: ScaleSubresource,
) => {
  const stored = machinery.store.get(collectionOf(kind), keyOf(namespace, name));
  if (stored === undefined) throw failures.notFound(kind.resource, name);
  const object = viewOf(kind, stored);
  // Built-in kinds default their replicas; a custom object may have none.
  if (!hasReplicas(object, scale))
    throw failures.internal(
      `the spec replicas field ${JSON.stringify(scale.specReplicasPath)} does not exist`,
    );
  return scaleOf(object, scale);
};

/** An apply on a Scale sets what it names, as a merge does: a Scale has a single field that can be owned. */
const changedScale = (current: KubernetesObject, body: PatchBody): KubernetesObject =>
  patched(current, body.kind === 'apply' ? { ...body, kind: 'merge' } : body, scaleSchema);

const readWanted = async ({ request }: ObjectRequest): Promise<KubernetesObject> => {
  const document = decodeDocument(await request.readBody(), request.headers['content-type'], 'Scale');
  const metadata = isJsonObject(document['metadata']) ? document['metadata'] : {};
  return { ...document, metadata };
};

const proposeFor = async (
  call: ObjectRequest,
  { kind }: ObjectTarget,
  scale: ScaleSubresource,
): Promise<Propose> => {
  const { request } = call;
  if (request.method === 'PUT') {
    const wanted = await readWanted(call);
    return (live) => ({ object: withScale(kind, live, wanted, scale) });
  }
  // Scale is a built-in type, so that a strategic merge is fine for custom resources, too.
  const body = readPatch(await request.readBody(), request.headers['content-type'], {
    ...kind,
    custom: false,
  });
  return (live) => ({
    object: withScale(kind, live, changedScale(scaleOf(live, scale), body), scale),
  });
};

/** Answers GET, PUT and PATCH of the subresource `scale`. */
export const requestScale = async (
  call: ObjectRequest,
  target: ObjectTarget,
  scale: ScaleSubresource,
): Promise<Reply> => {
  const { machinery, request } = call;
  if (request.method === 'GET') return jsonReply(200, readScale(call, target, scale));
  if (request.method !== 'PUT' && request.method !== 'PATCH') throw failures.methodNotAllowed();
  const optionsKind = request.method === 'PUT' ? 'UpdateOptions' : 'PatchOptions';
  const propose = await proposeFor(call, target, scale);
  const warnings: string[] = [];
  const context: WriteContext = {
    caller: request.caller,
    options: readWriteOptions(request, optionsKind),
    warn: (text) => warnings.push(text),
  };
  const mode = { needsResourceVersion: false };
  const updated = await updateObject(machinery, target, propose, { context, mode });
  await machinery.store.durable();
  return jsonReply(200, scaleOf(updated, scale), { warnings });
};
