import type { KubernetesObject } from '../model/kubernetes-object.ts';

type Texts = Readonly<Record<string, string>>;

const missing = (wanted: Texts = {}, there: Texts = {}): Texts =>
  Object.fromEntries(Object.entries(wanted).filter(([key, value]) => there[key] !== value));

/** A merge patch of `metadata`; undefined where nothing is to be changed. */
export type MetadataPatch = { readonly labels?: Texts; readonly annotations?: Texts } | undefined;

/** Labels and annotations of the source that the object on the target lacks or has otherwise; what it has beside them stays. */
export const missingMetadata = (wanted: KubernetesObject, there: KubernetesObject): MetadataPatch => {
  const labels = missing(wanted.metadata.labels, there.metadata.labels);
  const annotations = missing(wanted.metadata.annotations, there.metadata.annotations);
  const patch = {
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  return Object.keys(patch).length === 0 ? undefined : patch;
};
