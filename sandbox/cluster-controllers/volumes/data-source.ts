// What a claim's volume is to hold from birth, as the external provisioner decides and words it.
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { bytesOf } from '../../../core/model/quantity.ts';
import type { StorageClass } from './storage-objects.ts';

/** `spec.dataSourceRef`, of which `spec.dataSource` is the older name. */
type DataSource = { apiGroup?: string | null; kind?: string; name?: string; namespace?: string };

/** How the claim and the volume behind a data source are found: by their names, in the claim's namespace. */
export type SourceLookup = {
  claim: (name: string) => PersistentVolumeClaim | undefined;
  volume: (name: string) => PersistentVolume | undefined;
};

/** The volume to be cloned, or why the claim cannot have one now. */
export type VolumeSource = { sourceHandle: string } | { why: string };

const requestOf = ({ spec }: PersistentVolumeClaim): number =>
  bytesOf(spec?.resources?.requests?.storage) ?? 0;

const dataSourceOf = ({ spec }: PersistentVolumeClaim): DataSource | undefined => {
  const { dataSource, dataSourceRef } = (spec ?? {}) as {
    dataSource?: DataSource;
    dataSourceRef?: DataSource;
  };
  return dataSourceRef ?? dataSource;
};

/** What is wrong with the claim that is to be cloned. */
const faultOf = (claim: PersistentVolumeClaim, source: PersistentVolumeClaim): string | undefined => {
  const name = source.metadata.name ?? '';
  const phase = source.status?.phase ?? '';
  if (phase !== 'Bound') return `the PVC DataSource ${name} must have a status of Bound.  Got ${phase}`;
  if (source.metadata.deletionTimestamp !== undefined)
    return `the PVC DataSource ${name} is currently being deleted`;
  const [wanted, there] = [requestOf(claim), requestOf(source)];
  return wanted < there
    ? `error, new PVC request must be greater than or equal in size to the specified PVC data source, requested ${wanted} but source is ${there}`
    : undefined;
};

const ofClaim = (
  claim: PersistentVolumeClaim,
  { provisioner, metadata }: StorageClass,
  { name, lookup }: { name: string; lookup: SourceLookup },
): VolumeSource => {
  const namespace = claim.metadata.namespace ?? '';
  const source = lookup.claim(name);
  if (source === undefined) {
    return {
      why: `error getting PVC ${name} (namespace "${namespace}") from api server: persistentvolumeclaim "${name}" not found`,
    };
  }
  const fault = faultOf(claim, source);
  if (fault !== undefined) return { why: fault };
  const volumeName = source.spec?.volumeName ?? '';
  const csi = lookup.volume(volumeName)?.spec?.csi;
  if (csi === undefined) {
    return {
      why: `error getting PV ${volumeName} from api server: persistentvolume "${volumeName}" not found`,
    };
  }
  return csi.driver === provisioner
    ? { sourceHandle: csi.volumeHandle }
    : {
        why: `the source volume ${volumeName} for PVC ${namespace}/${name} is handled by a different CSI driver than requested by StorageClass ${metadata.name}`,
      };
};

/**
 * Where the bytes of a claim's volume come from; undefined: from nowhere, it begins empty. Snapshots there are none in a sandbox, so that a
 * claim that names one waits, as in a cluster without their CRDs.
 */
export const sourceOfClaim = (
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  lookup: SourceLookup,
): VolumeSource | undefined => {
  const source = dataSourceOf(claim);
  if (source === undefined) return undefined;
  const { apiGroup, kind = '', name = '' } = source;
  const failed = (why: string): VolumeSource => ({
    why: `error getting handle for DataSource Type ${kind} by Name ${name}: ${why}`,
  });
  if (kind === 'PersistentVolumeClaim' && !apiGroup) {
    const found = ofClaim(claim, storageClass, { name, lookup });
    return 'why' in found ? failed(found.why) : found;
  }
  if (kind !== 'VolumeSnapshot')
    return failed('only a populator could make the volume, and a sandbox has none');
  const resource = `volumesnapshots.snapshot.storage.k8s.io ${name}`;
  return failed(
    `error getting snapshot ${name} from api server: the server could not find the requested resource (get ${resource})`,
  );
};
