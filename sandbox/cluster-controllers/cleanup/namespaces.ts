import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import { isNotFound } from '../../../kube/api-error.ts';
import type { ClusterController, LookContext } from '../runtime/cluster-controller.ts';
import { type Decision, settled } from '../runtime/decision.ts';
import { rfc3339 } from '../runtime/time.ts';
import { decideNamespace, finalizedNamespace, type Namespace, type Remainder } from './namespace-decision.ts';
import { discoverKinds, type ServedKind } from './served-kinds.ts';

const soonMs = 200;
const lateMs = 15_000;

/**
 * Content leaves without a change of the namespace itself, so it is looked at again: a fresh deletion soon, one that has been
 * stuck for long seldom.
 */
const againAfter = (deletedAt: string, now: number): number =>
  Math.min(lateMs, Math.max(soonMs, (now - Date.parse(deletedAt)) / 10));

const perPage = 500;

const listLeft = async (
  { resource }: ServedKind,
  namespace: string,
  { cluster, signal }: LookContext,
): Promise<Remainder> => {
  try {
    const { items } = await cluster.list<KubernetesObject>(resource, { namespace, limit: perPage, signal });
    return { resource, objects: items };
  } catch (thrown) {
    // The kind went away together with its definition.
    if (isNotFound(thrown)) return { resource, objects: [] };
    throw thrown;
  }
};

const isDeletable = ({ resource, verbs }: ServedKind): boolean =>
  resource.namespaced && verbs.includes('list') && verbs.includes('delete');

const look = async (name: string, context: LookContext): Promise<Decision> => {
  const { cache, cluster, signal, now } = context;
  const cached = cache.get<Namespace>(resources.namespaces, { name });
  if (cached?.metadata.deletionTimestamp === undefined) return settled;
  const { kinds, failed } = await discoverKinds(cluster, signal);
  const contents = await Promise.all(kinds.filter(isDeletable).map((kind) => listLeft(kind, name, context)));
  const facts = { namespace: cached, contents, unknown: failed, now: rfc3339(now()) };
  const step = decideNamespace(facts);
  if (step.kind === 'settled') return settled;
  if (step.kind === 'clear') {
    const againAfterMs = againAfter(cached.metadata.deletionTimestamp, now());
    return { effects: step.effects, againAfterMs };
  }
  await cluster.request('PUT', `/api/v1/namespaces/${name}/finalize`, {
    body: finalizedNamespace(cached),
    signal,
  });
  return settled;
};

/** Empties namespaces that are being deleted, and then lets them go. */
export const namespaceController: ClusterController = {
  name: 'namespace controller',
  // Admission webhooks let it through, so that a namespace can always be emptied.
  account: 'system:serviceaccount:kube-system:namespace-controller',
  concurrency: 4,
  watches: [{ resource: resources.namespaces, keysOf: (namespace) => [namespace.metadata.name ?? ''] }],
  look,
};
