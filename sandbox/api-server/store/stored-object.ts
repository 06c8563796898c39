import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { tidyMetadata } from './tidy-metadata.ts';

/** One object at one revision. Never changed in place: whoever reads it may keep it. */
export type StoredObject = {
  /** `namespace/name`; `/name` for cluster-scoped kinds. */
  readonly key: string;
  readonly object: KubernetesObject;
  /** The object as JSON, written once: lists and watches only join strings. Starts with kind and apiVersion. */
  readonly json: string;
  /** The number behind `metadata.resourceVersion`. */
  readonly revision: number;
};

/** The key of an object in its collection. */
export const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

const typePrefix = (kind: string, apiVersion: string): string =>
  `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`;

/**
 * JSON with kind and apiVersion first, so that both can be cut off or exchanged without parsing. Made in one piece: a text that
 * is joined of parts would keep the parts in memory, too.
 */
export const serialize = (object: KubernetesObject): string => {
  const { kind = '', apiVersion = '', ...rest } = object;
  return JSON.stringify({ kind, apiVersion, ...rest });
};

const afterType = ({ json, object }: StoredObject): string =>
  json.slice(typePrefix(object.kind ?? '', object.apiVersion ?? '').length);

/** The JSON without kind and apiVersion: items of a built-in list carry neither. */
export const jsonWithoutType = (stored: StoredObject): string => `{${afterType(stored)}`;

/** The JSON under another version of the same kind (conversion strategy `None`). */
export const jsonAs = (stored: StoredObject, apiVersion: string): string =>
  stored.object.apiVersion === apiVersion
    ? stored.json
    : typePrefix(stored.object.kind ?? '', apiVersion) + afterType(stored);

/** Gives an object its resourceVersion and its JSON. */
export const storedAt = (key: string, object: KubernetesObject, revision: number): StoredObject => {
  const metadata = tidyMetadata({ ...object.metadata, resourceVersion: String(revision) });
  const versioned = { ...object, metadata };
  return { key, object: versioned, json: serialize(versioned), revision };
};
