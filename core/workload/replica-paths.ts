import type { KubernetesObject } from '../model/kubernetes-object.ts';

/** Where the objects of a kind keep their replica count, and tell how many pods there are. */
export type ReplicaPaths = {
  readonly spec: readonly string[];
  /** Undefined where the kind does not say. */
  readonly status: readonly string[] | undefined;
};

/** `spec.replicas`, as built-in kinds and most others have it. */
export const usualPaths: ReplicaPaths = { spec: ['spec', 'replicas'], status: undefined };

/** `apiextensions.k8s.io/v1` CustomResourceDefinition, as far as it tells how objects are scaled. */
export type ScaledDefinition = KubernetesObject & {
  spec?: {
    versions?: readonly {
      readonly name: string;
      readonly subresources?: {
        readonly scale?: { readonly specReplicasPath?: string; readonly statusReplicasPath?: string };
      };
    }[];
  };
};

/** A path that the API server takes for the scale subresource is dots and names alone: `.spec.instances`. */
const plainPath = /^(\.[A-Za-z_][\w-]*)+$/;

const parsePath = (path: string | undefined): readonly string[] | undefined =>
  path !== undefined && plainPath.test(path) ? path.slice(1).split('.') : undefined;

/** What a definition says of a version; undefined where that has no scale, or one that cannot be understood. */
export const replicaPathsOf = (definition: ScaledDefinition, version: string): ReplicaPaths | undefined => {
  const scale = definition.spec?.versions?.find(({ name }) => name === version)?.subresources?.scale;
  const spec = parsePath(scale?.specReplicasPath);
  return spec === undefined || spec[0] !== 'spec'
    ? undefined
    : { spec, status: parsePath(scale?.statusReplicasPath) };
};

/** What an object has at a path. */
export const valueAt = (object: unknown, path: readonly string[]): unknown => {
  let value = object;
  for (const name of path)
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return value;
};

/** A merge patch that sets the value at a path. */
export const patchAt = (
  [name, ...rest]: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> =>
  name === undefined ? {} : { [name]: rest.length === 0 ? value : patchAt(rest, value) };
