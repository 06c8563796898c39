import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { ApiError, isAlreadyExists, isConflict, isNotFound } from '../../../kube/api-error.ts';
import type { Cluster, ObjectKey } from '../../../kube/cluster.ts';
import type { Effect } from './decision.ts';

type EventEffect = Extract<Effect, { act: 'event' }>;
type DeleteEffect = Extract<Effect, { act: 'delete' }>;
type CreateEffect = Extract<Effect, { act: 'create' }>;
type PatchEffect = Extract<Effect, { act: 'patch' }>;

/** Where effects go to. */
export type PerformOptions = {
  cluster: Cluster;
  recordEvent: (event: EventEffect) => void;
  signal: AbortSignal;
};

/** The name that stands in managed fields. */
const fieldManager = 'sandbox-cluster-controllers';

const objectKeyOf = ({ metadata }: KubernetesObject): ObjectKey => ({
  name: metadata.name ?? '',
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
});

/** What the server says no to, and not for the moment only: admission, or a field. */
const refusalOf = (thrown: unknown): string | undefined =>
  thrown instanceof ApiError && [403, 422].includes(thrown.httpStatus)
    ? (thrown.body?.message ?? thrown.message)
    : undefined;

const create = async (options: PerformOptions, effect: CreateEffect): Promise<void> => {
  const { cluster, signal } = options;
  const { resource, object, subresource, refused } = effect;
  try {
    await cluster.create(resource, object, {
      signal,
      fieldManager,
      ...(subresource !== undefined && { subresource }),
    });
  } catch (thrown) {
    if (isAlreadyExists(thrown)) return;
    const why = refusalOf(thrown);
    for (const one of (why !== undefined && refused?.(why)) || []) await perform(options, one);
    throw thrown;
  }
};

const patch = async ({ cluster, signal }: PerformOptions, effect: PatchEffect): Promise<void> => {
  const { resource, object, body, subresource } = effect;
  const metadata = {
    ...(body['metadata'] as Record<string, unknown> | undefined),
    resourceVersion: object.metadata.resourceVersion,
    uid: object.metadata.uid,
  };
  try {
    await cluster.patch(
      resource,
      objectKeyOf(object),
      { ...body, metadata },
      {
        type: 'merge',
        signal,
        fieldManager,
        ...(subresource !== undefined && { subresource }),
      },
    );
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
  }
};

const remove = async ({ cluster, signal }: PerformOptions, effect: DeleteEffect): Promise<void> => {
  const { resource, object, propagation, graceSeconds } = effect;
  try {
    await cluster.delete(resource, objectKeyOf(object), {
      signal,
      ...(object.metadata.uid !== undefined && { preconditions: { uid: object.metadata.uid } }),
      ...(propagation !== undefined && { propagationPolicy: propagation }),
      ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
    });
  } catch (thrown) {
    // A conflict means that another object has the name by now: the one meant is gone.
    if (!isNotFound(thrown) && !isConflict(thrown)) throw thrown;
  }
};

/** Carries one effect out. What is there already, or gone already, counts as done. */
export const perform = async (options: PerformOptions, effect: Effect): Promise<void> => {
  switch (effect.act) {
    case 'create':
      return create(options, effect);
    case 'patch':
      return patch(options, effect);
    case 'delete':
      return remove(options, effect);
    case 'event':
      return options.recordEvent(effect);
  }
};
