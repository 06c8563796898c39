import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Kind } from '../kind.ts';
import { jsonAs, type StoredObject, serialize } from '../store/stored-object.ts';
import { apiVersionOfKind } from './target.ts';

/** A stored object as a kind shows it: in the version asked for, or in the shape of another group. */
export const viewOf = (kind: Kind, stored: StoredObject): KubernetesObject => {
  if (kind.storedAs !== undefined) return kind.storedAs.fromStored(stored.object);
  const apiVersion = apiVersionOfKind(kind);
  return stored.object.apiVersion === apiVersion ? stored.object : { ...stored.object, apiVersion };
};

/** The same as JSON, without parsing where nothing but the version differs. */
export const jsonOf = (kind: Kind, stored: StoredObject): string =>
  kind.storedAs === undefined ? jsonAs(stored, apiVersionOfKind(kind)) : serialize(viewOf(kind, stored));

/** An object of the kind in the shape in which it is stored. */
export const toStored = (kind: Kind, object: KubernetesObject): KubernetesObject =>
  kind.storedAs === undefined ? object : kind.storedAs.toStored(object);
