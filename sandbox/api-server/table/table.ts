import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Kind } from '../kind.ts';

/** How much of the object a row carries. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** Reads `includeObject`; metadata unless the request asks for more or less. */
export const includeObjectOf = (query: URLSearchParams): IncludeObject => {
  const asked = query.get('includeObject');
  return asked === 'None' || asked === 'Object' ? asked : 'Metadata';
};

/** What a list tells about itself. */
export type ListMeta = { resourceVersion?: string; continue?: string; remainingItemCount?: number };

const definitionOf = ({ name, type, format, description, priority }: Kind['columns'][number]) => ({
  name,
  type,
  format: format ?? '',
  description: description ?? '',
  priority,
});

/** The object as `PartialObjectMetadata`. */
export const partialOf = ({ metadata }: KubernetesObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
});

const rowObject = (object: KubernetesObject, include: IncludeObject) => {
  if (include === 'None') return {};
  return { object: include === 'Object' ? object : partialOf(object) };
};

/** The `meta.k8s.io/v1` Table that kubectl prints. `headers` is left out in a watch after its first event. */
export const tableOf = (
  kind: Kind,
  objects: readonly KubernetesObject[],
  meta: ListMeta,
  options: { include: IncludeObject; now: number; headers: boolean },
) => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: meta,
  columnDefinitions: options.headers ? kind.columns.map(definitionOf) : null,
  rows: objects.map((object) => ({
    cells: kind.columns.map(({ cell }) => cell(object, options.now)),
    ...rowObject(object, options.include),
  })),
});
