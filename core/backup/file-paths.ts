import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { safeSegment } from './safe-segment.ts';

/**
 * Folders by plural and API group, in the order in which `kubectl create -R -f` walks them: what something needs comes first. A
 * workload comes before the replications, which promote nothing by themselves.
 */
const folders: Readonly<Record<string, string>> = {
  Namespace: '10-namespaces',
  StorageClass: '20-storageclasses',
  VolumeReplicationClass: '30-volumereplicationclasses',
  VolumeGroupReplicationClass: '30-volumegroupreplicationclasses',
  PersistentVolume: '40-persistentvolumes',
  PersistentVolumeClaim: '50-persistentvolumeclaims',
  ConfigMap: '60-configmaps',
  Secret: '60-secrets',
  ServiceAccount: '60-serviceaccounts',
  Service: '60-services',
  VolumeReplication: '70-volumereplications',
  VolumeGroupReplication: '70-volumegroupreplications',
};

/** After the replications: one of a volume that is in use is refused as a demotion (DR109). */
const workloads = '80-workloads';

const fileOf = ({ kind = '', metadata }: KubernetesObject): { folder: string; file: string } => {
  const folder = folders[kind] ?? workloads;
  const name = metadata.name ?? '';
  return { folder, file: safeSegment(folder === workloads ? `${kind.toLowerCase()}.${name}` : name) };
};

/** Names that differ in their case alone are one on some file systems. */
const freePath = (path: string, taken: ReadonlySet<string>): string => {
  for (let number = 1; ; number++) {
    const candidate = `${path}${number === 1 ? '' : `-${number}`}.yaml`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
};

/** Where each object goes in a backup, in the order of the objects: paths with `/`, all different, all below the directory. */
export const filePaths = (objects: readonly KubernetesObject[]): string[] => {
  const taken = new Set<string>();
  return objects.map((object) => {
    const { folder, file } = fileOf(object);
    const { namespace } = object.metadata;
    const place = namespace === undefined ? folder : `${folder}/${safeSegment(namespace)}`;
    const path = freePath(`${place}/${file}`, taken);
    taken.add(path.toLowerCase());
    return path;
  });
};

const folderOf = (object: KubernetesObject): string => fileOf(object).folder;

/** Objects in the order in which they can be created; within a folder by namespace and name. */
export const inFolderOrder = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects
    .map((object) => {
      const { namespace = '', name = '' } = object.metadata;
      return { object, key: `${folderOf(object)}/${namespace}/${object.kind}/${name}` };
    })
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ object }) => object);
