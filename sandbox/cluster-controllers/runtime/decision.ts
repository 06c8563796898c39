import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';

/** What a decision wants done to the cluster. Writes to existing objects hold only if nobody changed them meanwhile. */
export type Effect =
  | {
      act: 'create';
      resource: Resource;
      object: KubernetesObject;
      subresource?: string;
      /** What is done where the server refuses the object, by what it says; it is tried again all the same. */
      refused?: (why: string) => readonly Effect[];
    }
  /** Merge patch; the object's resourceVersion is the precondition. */
  | {
      act: 'patch';
      resource: Resource;
      object: KubernetesObject;
      body: Record<string, unknown>;
      subresource?: 'status';
    }
  /** The object's uid is the precondition. */
  | {
      act: 'delete';
      resource: Resource;
      object: KubernetesObject;
      propagation?: 'Background' | 'Foreground' | 'Orphan';
      graceSeconds?: number;
    }
  | {
      act: 'event';
      resource: Resource;
      object: KubernetesObject;
      type: 'Normal' | 'Warning';
      reason: string;
      message: string;
    };

/**
 * The outcome of one look at one key. An object is written at most once per look: the change comes back through the watch
 * and leads to the next look, so every step can be lost and is then decided again.
 */
export type Decision = {
  effects: readonly Effect[];
  /** Look again after this many milliseconds although nothing changed. */
  againAfterMs?: number;
};

/** Nothing to do. */
export const settled: Decision = { effects: [] };

/** A decision of a single effect. */
export const only = (effect: Effect): Decision => ({ effects: [effect] });

/** The effect that takes one finalizer off an object. */
export const withoutFinalizer = (
  resource: Resource,
  object: KubernetesObject,
  finalizer: string,
): Effect => ({
  act: 'patch',
  resource,
  object,
  body: { metadata: { finalizers: (object.metadata.finalizers ?? []).filter((one) => one !== finalizer) } },
});

/** The effect that adds one finalizer to an object. */
export const withFinalizer = (resource: Resource, object: KubernetesObject, finalizer: string): Effect => ({
  act: 'patch',
  resource,
  object,
  body: { metadata: { finalizers: [...(object.metadata.finalizers ?? []), finalizer] } },
});
