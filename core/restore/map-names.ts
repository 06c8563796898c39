import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolume } from '../model/persistent-volume.ts';
import type { HandleMap } from './map-handle.ts';

/** Names on the source site and what they are to be on the target. */
export type NameMap = ReadonlyMap<string, string>;

/** Which namespaces, classes and volumes are called otherwise on the target. */
export type NameMaps = {
  readonly namespaces: NameMap;
  readonly storageClasses: NameMap;
  readonly volumeHandles: HandleMap;
};

/** Everything is called on the target as on the source. */
export const sameNames: NameMaps = { namespaces: new Map(), storageClasses: new Map(), volumeHandles: [] };

type Json = Record<string, unknown>;

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The old way to name a class; where it is set, it wins. */
const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

const mapped = (map: NameMap, name: string): string => map.get(name) ?? name;

const mapNamespace = (object: KubernetesObject, { namespaces }: NameMaps): KubernetesObject => {
  const { metadata, kind } = object;
  if (kind === 'Namespace' && metadata.name !== undefined)
    return { ...object, metadata: { ...metadata, name: mapped(namespaces, metadata.name) } };
  if (metadata.namespace === undefined) return object;
  return { ...object, metadata: { ...metadata, namespace: mapped(namespaces, metadata.namespace) } };
};

const mapClaimRef = (volume: PersistentVolume, { namespaces }: NameMaps): KubernetesObject => {
  const claimRef = volume.spec?.claimRef;
  if (claimRef?.namespace === undefined) return volume;
  const moved = { ...claimRef, namespace: mapped(namespaces, claimRef.namespace) };
  return { ...volume, spec: { ...volume.spec, claimRef: moved } };
};

const mapClassAnnotation = <T extends { metadata?: unknown }>(object: T, map: NameMap): T => {
  const { metadata } = object;
  const annotations = isJson(metadata) ? metadata['annotations'] : undefined;
  if (!isJson(metadata) || !isJson(annotations)) return object;
  const name = annotations[classAnnotation];
  if (typeof name !== 'string') return object;
  const renamed = { ...annotations, [classAnnotation]: mapped(map, name) };
  return { ...object, metadata: { ...metadata, annotations: renamed } };
};

const mapClassName = <T extends { spec?: unknown; metadata?: unknown }>(object: T, map: NameMap): T => {
  const annotated = mapClassAnnotation(object, map);
  const { spec } = annotated;
  if (!isJson(spec) || typeof spec['storageClassName'] !== 'string') return annotated;
  return { ...annotated, spec: { ...spec, storageClassName: mapped(map, spec['storageClassName']) } };
};

const mapClaimTemplates = (workload: KubernetesObject, map: NameMap): KubernetesObject => {
  const spec = workload['spec'];
  const templates = isJson(spec) ? spec['volumeClaimTemplates'] : undefined;
  if (!isJson(spec) || !Array.isArray(templates)) return workload;
  const renamed = templates.map((template) => (isJson(template) ? mapClassName(template, map) : template));
  return { ...workload, spec: { ...spec, volumeClaimTemplates: renamed } };
};

const mapClass = (object: KubernetesObject, { storageClasses }: NameMaps): KubernetesObject => {
  switch (object.kind) {
    case 'PersistentVolume':
    case 'PersistentVolumeClaim':
      return mapClassName(object, storageClasses);
    case 'StatefulSet':
      return mapClaimTemplates(object, storageClasses);
    default:
      return object;
  }
};

/** The object as it is called on the target: its own namespace, the claim that a PV is for, and the classes that volumes name. */
export const mapNames = (object: KubernetesObject, maps: NameMaps): KubernetesObject => {
  const moved = mapClass(mapNamespace(object, maps), maps);
  return moved.kind === 'PersistentVolume' ? mapClaimRef(moved, maps) : moved;
};
