import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { parseAccept, takesJson } from '../http/accept.ts';
import { failures } from '../http/failure.ts';
import type { Kind } from '../kind.ts';
import { apiVersionOfKind } from '../objects/target.ts';
import { jsonOf, viewOf } from '../objects/view.ts';
import { jsonWithoutType, type StoredObject } from '../store/stored-object.ts';
import { type IncludeObject, includeObjectOf, type ListMeta, partialOf, tableOf } from './table.ts';

/** The shape in which objects are answered: as they are, as rows of a table, or their metadata alone. */
export type Presentation = { shape: 'object' | 'table' | 'metadata'; include: IncludeObject; now: number };

const shapes = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata',
} as const;

const acceptable = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const;

/** Chooses the shape from the Accept header; refuses (406) a client that takes no JSON. */
export const presentationOf = (
  accept: string | undefined,
  query: URLSearchParams,
  now: number,
): Presentation => {
  for (const range of parseAccept(accept)) {
    if (!takesJson(range)) continue;
    const { as = '', g = '', v = '' } = range.parameters;
    if (as === '') return { shape: 'object', include: 'Metadata', now };
    if (g === 'meta.k8s.io' && v === 'v1' && Object.hasOwn(shapes, as))
      return { shape: shapes[as as keyof typeof shapes], include: includeObjectOf(query), now };
  }
  throw failures.notAcceptable(acceptable);
};

/** One object as JSON text. */
export const presentObject = (
  kind: Kind,
  object: KubernetesObject,
  { shape, include, now }: Presentation,
): string => {
  if (shape === 'object') return JSON.stringify(object);
  if (shape === 'metadata') return JSON.stringify(partialOf(object));
  const { resourceVersion } = object.metadata;
  const meta = resourceVersion === undefined ? {} : { resourceVersion };
  return JSON.stringify(tableOf(kind, [object], meta, { include, now, headers: true }));
};

/** Custom resources are listed with an empty `continue`; their items keep kind and apiVersion. */
function* listPieces(kind: Kind, items: readonly StoredObject[], meta: ListMeta): Generator<string> {
  const metadata = kind.custom ? { ...meta, continue: meta.continue ?? '' } : meta;
  const head = `"kind":${JSON.stringify(kind.listKind)},"apiVersion":${JSON.stringify(apiVersionOfKind(kind))}`;
  const keepsType = kind.custom || kind.storedAs !== undefined;
  let separator = '';
  yield `{${head},"metadata":${JSON.stringify(metadata)},"items":[`;
  for (const stored of items) {
    yield separator + (keepsType ? jsonOf(kind, stored) : jsonWithoutType(stored));
    separator = ',';
  }
  yield ']}';
}

/** A list as pieces of JSON text, joined from what is kept of each object. */
export const presentList = (
  kind: Kind,
  items: readonly StoredObject[],
  meta: ListMeta,
  { shape, include, now }: Presentation,
): Iterable<string> => {
  if (shape === 'object') return listPieces(kind, items, meta);
  const objects = items.map((stored) => viewOf(kind, stored));
  if (shape === 'table')
    return [JSON.stringify(tableOf(kind, objects, meta, { include, now, headers: true }))];
  return [
    JSON.stringify({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: meta,
      items: objects.map(partialOf),
    }),
  ];
};
