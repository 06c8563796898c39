import type { KubernetesObject } from '../core/model/kubernetes-object.ts';
import type { Resource } from '../core/model/resource.ts';

/** Where one object is: the namespace is left out for cluster-scoped kinds. */
export type ObjectKey = { name: string; namespace?: string };

export type RequestOptions = {
  signal?: AbortSignal;
  /** Milliseconds for this request; the cluster's default otherwise. */
  timeoutMs?: number;
};

export type ListOptions = RequestOptions & {
  /** Left out: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  /** Nothing of each object but its metadata (`PartialObjectMetadataList`): neither spec nor data are sent. */
  metadataOnly?: boolean;
};

export type ObjectList<T extends KubernetesObject> = {
  items: T[];
  resourceVersion: string;
  continue?: string;
};

export type WriteOptions = RequestOptions & {
  dryRun?: boolean;
  fieldManager?: string;
};

/** Never strategic: custom resources refuse it (415). */
export type PatchType = 'merge' | 'json' | 'apply';

export type PatchOptions = WriteOptions & {
  type: PatchType;
  /** Server-side apply only: take fields over from other managers. */
  force?: boolean;
  subresource?: 'status' | 'scale';
};

export type DeleteOptions = RequestOptions & {
  dryRun?: boolean;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  preconditions?: { uid?: string; resourceVersion?: string };
  gracePeriodSeconds?: number;
};

export type WatchOptions = {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  resourceVersion?: string;
  timeoutSeconds?: number;
  /** Called once the server has taken the watch: it may be long until something happens in it. */
  onOpen?: () => void;
  signal: AbortSignal;
};

/** One line of a watch. An ERROR line is thrown as an `ApiError` instead (410 for an expired resourceVersion). */
export type WatchEvent<T extends KubernetesObject> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T }
  | { type: 'BOOKMARK'; resourceVersion: string };

/**
 * One Kubernetes cluster, raw JSON in and out: no field is lost, no time becomes a Date.
 *
 * Every method rejects with an `ApiError` (see `api-error.ts`) when the server answers with a failure, and with a
 * `DrError` whose code says why when it cannot be reached (`Unreachable`, `RequestTimeout`, `CertificateInvalid` …).
 */
export interface Cluster {
  /** The site's name: the kubeconfig context unless the user named it otherwise. */
  readonly name: string;
  readonly server: string;
  /** The namespace of the kubeconfig context, else `default`. */
  readonly defaultNamespace: string;

  get<T extends KubernetesObject>(resource: Resource, key: ObjectKey, options?: RequestOptions): Promise<T>;
  /** One page. */
  list<T extends KubernetesObject>(resource: Resource, options?: ListOptions): Promise<ObjectList<T>>;
  /** All pages, 500 objects a request. */
  listAll<T extends KubernetesObject>(resource: Resource, options?: ListOptions): Promise<ObjectList<T>>;
  create<T extends KubernetesObject>(
    resource: Resource,
    object: T,
    options?: WriteOptions & { subresource?: string },
  ): Promise<T>;
  /** PUT; the object's resourceVersion is the precondition. */
  replace<T extends KubernetesObject>(
    resource: Resource,
    object: T,
    options?: WriteOptions & { subresource?: 'status' | 'scale' },
  ): Promise<T>;
  patch<T extends KubernetesObject>(
    resource: Resource,
    key: ObjectKey,
    body: unknown,
    options: PatchOptions,
  ): Promise<T>;
  delete(resource: Resource, key: ObjectKey, options?: DeleteOptions): Promise<void>;
  watch<T extends KubernetesObject>(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** Anything else: discovery, `/version`, `/readyz`. Answers the parsed JSON, or the text where it is none. */
  request<T>(method: string, path: string, options?: RequestOptions & { body?: unknown }): Promise<T>;
  /** Lets go of all connections. */
  close(): void;
}
