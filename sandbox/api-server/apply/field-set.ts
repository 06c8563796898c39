import type { JsonObject } from '../schema/json-value.ts';

/**
 * A set of fields, as a tree of path elements (`f:name`, `k:{"name":"x"}`, `v:"x"`): the node itself may belong to the
 * set, or only some of what is below it. Sets are never changed once built.
 */
export type FieldSet = { readonly member: boolean; readonly children: ReadonlyMap<string, FieldSet> };

const noChildren: ReadonlyMap<string, FieldSet> = new Map();

export const emptySet: FieldSet = { member: false, children: noChildren };

/** Just the field itself. */
export const leaf: FieldSet = { member: true, children: noChildren };

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0;

/** Builds a node; children that hold nothing are left out. */
export const nodeOf = (member: boolean, children: Iterable<readonly [string, FieldSet]>): FieldSet => {
  const kept = new Map<string, FieldSet>();
  for (const [element, child] of children) if (!isEmpty(child)) kept.set(element, child);
  return kept.size === 0 ? (member ? leaf : emptySet) : { member, children: kept };
};

export const union = (one: FieldSet, other: FieldSet): FieldSet => {
  if (isEmpty(one)) return other;
  if (isEmpty(other)) return one;
  const children = new Map(one.children);
  for (const [element, child] of other.children) {
    const known = children.get(element);
    children.set(element, known === undefined ? child : union(known, child));
  }
  return { member: one.member || other.member, children };
};

/** What is in the first set and not in the second, each field judged on its own: a parent does not take its children. */
export const difference = (one: FieldSet, other: FieldSet): FieldSet => {
  if (isEmpty(one) || isEmpty(other)) return one;
  return nodeOf(
    one.member && !other.member,
    [...one.children].map(([element, child]) => {
      const taken = other.children.get(element);
      return [element, taken === undefined ? child : difference(child, taken)] as const;
    }),
  );
};

export const intersection = (one: FieldSet, other: FieldSet): FieldSet => {
  if (isEmpty(one) || isEmpty(other)) return emptySet;
  return nodeOf(
    one.member && other.member,
    [...one.children].map(([element, child]) => [
      element,
      intersection(child, other.children.get(element) ?? emptySet),
    ]),
  );
};

/** The set of one path. */
export const pathSet = (path: readonly string[]): FieldSet =>
  path.reduceRight<FieldSet>((inner, element) => nodeOf(false, [[element, inner]]), leaf);

/** What of a set is at and below a path. */
export const below = (set: FieldSet, element: string): FieldSet => set.children.get(element) ?? emptySet;

/** The paths of all members below a node, in kube-apiserver's order: those of one level sorted, then what is below each. */
export const pathsOf = (set: FieldSet, prefix: readonly string[] = []): string[][] => {
  const elements = [...set.children.keys()].sort();
  return [
    ...elements.filter((element) => below(set, element).member).map((element) => [...prefix, element]),
    ...elements.flatMap((element) => pathsOf(below(set, element), [...prefix, element])),
  ];
};

/** Reads `fieldsV1`; what is not an object there holds nothing. */
export const decodeFields = (fields: unknown): FieldSet => {
  if (typeof fields !== 'object' || fields === null) return emptySet;
  const decode = (node: JsonObject): FieldSet => {
    const elements = Object.keys(node);
    const children = new Map<string, FieldSet>();
    for (const element of elements)
      if (element !== '.') children.set(element, decode((node[element] ?? {}) as JsonObject));
    return children.size === 0 ? leaf : { member: elements.includes('.'), children };
  };
  const { children } = decode(fields as JsonObject);
  return { member: false, children };
};

/** Writes `fieldsV1`, elements in order. */
export const encodeFields = (set: FieldSet): JsonObject => {
  const fields: JsonObject = {};
  if (set.member && set.children.size > 0) fields['.'] = {};
  for (const element of [...set.children.keys()].sort()) fields[element] = encodeFields(below(set, element));
  return fields;
};

const printedValue = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value);

const printedElement = (element: string): string => {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('i:')) return `[${rest}]`;
  const value: unknown = JSON.parse(rest);
  if (element.startsWith('v:')) return `[=${printedValue(value)}]`;
  const keys = Object.entries(value as JsonObject).map(([name, part]) => `${name}=${printedValue(part)}`);
  return `[${keys.join(',')}]`;
};

/** A path as a conflict names it: `.spec.containers[name="c"].image`. */
export const printPath = (path: readonly string[]): string => path.map(printedElement).join('');
