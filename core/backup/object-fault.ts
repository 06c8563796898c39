const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Collections within each other: no kind of Kubernetes comes near, and what walks an object may recurse. */
export const deepestNesting = 100;

/**
 * What no JSON from outside may hold: a member `__proto__`, which would become the prototype of whatever it is copied to, and
 * nesting without an end. Walks without recursion.
 */
const memberFault = (value: unknown): string | undefined => {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  while (open.length > 0) {
    const { value: next, depth } = open.pop() ?? { value: undefined, depth: 0 };
    if (typeof next !== 'object' || next === null) continue;
    if (depth > deepestNesting) return `it is nested deeper than ${deepestNesting} levels`;
    if (Object.hasOwn(next, '__proto__')) return 'it has a member "__proto__"';
    for (const inner of Object.values(next)) open.push({ value: inner, depth: depth + 1 });
  }
  return undefined;
};

const mapFault = (name: 'labels' | 'annotations', map: unknown): string | undefined => {
  if (map === undefined || map === null) return undefined;
  if (!isRecord(map)) return `metadata.${name} must map texts to texts`;
  const [key] = Object.entries(map).find(([, value]) => typeof value !== 'string') ?? [];
  return key === undefined ? undefined : `the value of "${key}" in metadata.${name} must be text: quote it`;
};

const metadataFault = (metadata: unknown): string | undefined => {
  if (!isRecord(metadata) || !isText(metadata['name'])) return 'metadata.name is missing';
  const { namespace } = metadata;
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    return 'metadata.namespace must be text';
  return mapFault('labels', metadata['labels']) ?? mapFault('annotations', metadata['annotations']);
};

/** Why a value from outside is no Kubernetes object, as one clause; undefined where it is one. */
export const objectFault = (value: unknown): string | undefined => {
  if (!isRecord(value)) return 'it is no object with fields';
  if (!isText(value['apiVersion'])) return 'apiVersion is missing';
  if (!isText(value['kind'])) return 'kind is missing';
  return metadataFault(value['metadata']) ?? memberFault(value);
};
