import type { KubernetesObject, StatusBody } from '../../../core/model/kubernetes-object.ts';
import { jsonReply, type Reply, textReply } from '../http/exchange.ts';
import { failures } from '../http/failure.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import { keyOf } from '../store/stored-object.ts';
import { decodeDocument } from './decode.ts';
import { deleteObject } from './delete.ts';
import type { WriteContext } from './machinery.ts';
import { timeText } from './metadata.ts';
import type { ObjectRequest } from './object-request.ts';
import type { ObjectTarget } from './target.ts';
import { readWriteOptions } from './write-options.ts';

const success: StatusBody = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  code: 201,
};

const contextOf = ({ request }: ObjectRequest): WriteContext => ({
  caller: request.caller,
  options: readWriteOptions(request, 'CreateOptions'),
  warn: () => undefined,
});

const scheduled = (pod: KubernetesObject, nodeName: string, now: number): KubernetesObject => {
  const spec = isJsonObject(pod['spec']) ? pod['spec'] : {};
  const status = isJsonObject(pod['status']) ? pod['status'] : {};
  const conditions = Array.isArray(status['conditions']) ? status['conditions'].filter(isJsonObject) : [];
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timeText(now),
  };
  return {
    ...pod,
    spec: { ...spec, nodeName },
    status: {
      ...status,
      conditions: [...conditions.filter(({ type }) => type !== 'PodScheduled'), condition],
    },
  };
};

const nodeOf = ({ target }: JsonObject): string => {
  const name = isJsonObject(target) ? target['name'] : undefined;
  if (typeof name === 'string' && name !== '') return name;
  throw failures.invalid({ group: '', kind: 'Binding', plural: 'bindings' }, '', [
    { reason: 'FieldValueRequired', field: 'target.name', message: 'Required value' },
  ]);
};

/** Answers POST `pods/x/binding`: puts a pod on a node, once (409 for a pod that has one). */
export const bindPod = async (
  call: ObjectRequest,
  { kind, namespace, name }: ObjectTarget,
): Promise<Reply> => {
  const { machinery, request } = call;
  const { store, now } = machinery;
  const node = nodeOf(decodeDocument(await request.readBody(), request.headers['content-type'], 'Binding'));
  const stored = store.get('pods', keyOf(namespace, name));
  if (stored === undefined) throw failures.notFound(kind.resource, name);
  const { spec, metadata } = stored.object;
  const current = isJsonObject(spec) ? spec['nodeName'] : undefined;
  if (metadata.deletionTimestamp !== undefined)
    throw failures.conflict(
      kind.resource,
      name,
      `pod ${name} is being deleted, cannot be assigned to a host`,
    );
  if (typeof current === 'string' && current !== '')
    throw failures.conflict(
      kind.resource,
      name,
      `pod ${name} is already assigned to node ${JSON.stringify(current)}`,
    );
  if (!contextOf(call).options.dryRun)
    store.put('pods', stored.key, scheduled(stored.object, node, now()), stored.revision);
  await store.durable();
  return jsonReply(201, success);
};

/** Answers POST `pods/x/eviction`: deletes the pod; there are no disruption budgets here. */
export const evictPod = async (call: ObjectRequest, target: ObjectTarget): Promise<Reply> => {
  const { machinery, request } = call;
  const body = decodeDocument(await request.readBody(), request.headers['content-type'], 'Eviction');
  const options = isJsonObject(body['deleteOptions']) ? body['deleteOptions'] : {};
  const seconds = options['gracePeriodSeconds'];
  const wish = {
    gracePeriodSeconds: typeof seconds === 'number' ? seconds : undefined,
    propagation: undefined,
    preconditions: {},
    dryRun: false,
    review: { kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1' },
  };
  await deleteObject(machinery, target, wish, contextOf(call));
  await machinery.store.durable();
  return jsonReply(201, success);
};

/** Answers GET `pods/x/log`: nothing, because no process runs in a pod of this server's clusters. */
export const podLog = (
  { machinery, request }: ObjectRequest,
  { kind, namespace, name }: ObjectTarget,
): Reply => {
  if (request.method !== 'GET') throw failures.methodNotAllowed();
  if (machinery.store.get('pods', keyOf(namespace, name)) === undefined)
    throw failures.notFound(kind.resource, name);
  return textReply(200, '');
};
