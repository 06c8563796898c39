type Fields = Readonly<Record<string, unknown>>;

/** A list as `kubectl get -o yaml` and an API server answer it: `List`, or one of a kind such as `SecretList`. */
const isList = (value: unknown): value is Fields & { kind: string; items: unknown[] } =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  typeof value.kind === 'string' &&
  value.kind.endsWith('List') &&
  'items' in value &&
  Array.isArray(value.items);

/** The items of a server's own lists do not say what they are: the list does. */
const withKindOf = ({ apiVersion, kind }: Fields & { kind: string }, item: unknown): unknown =>
  kind === 'List' || typeof item !== 'object' || item === null || Array.isArray(item)
    ? item
    : { apiVersion, kind: kind.slice(0, -'List'.length), ...item };

/** What a document holds: itself, or the items of the list that it is, and of lists among them. */
export const flattenList = (value: unknown): unknown[] => {
  const flat: unknown[] = [];
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (!isList(next)) flat.push(next);
    else for (const item of next.items.toReversed()) open.push(withKindOf(next, item));
  }
  return flat;
};
