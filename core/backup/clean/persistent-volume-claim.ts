import { restoreAnnotations } from '../restore-annotations.ts';
import { type Fields, withoutAnnotations } from './edit-fields.ts';

/** Written by the binder, the scheduler, provisioners, and controllers that protect the claim: all of them of the one cluster. */
const prefixes = [
  'pv.kubernetes.io/',
  'volume.kubernetes.io/',
  'volume.beta.kubernetes.io/',
  'replication.storage.openshift.io/',
  'volumereplicationgroups.ramendr.openshift.io/',
  'volsync.backube/',
];

/** The class of a claim that was written before `storageClassName` was there. */
const legacyClass = 'volume.beta.kubernetes.io/storage-class';

/** CDI keeps the uid of the DataVolume here, which no other cluster has. */
const ofDataVolume = 'cdi.kubevirt.io/createdForDataVolume';

const ofOneRestore: readonly string[] = Object.values(restoreAnnotations);

const isOfOneCluster = (name: string): boolean =>
  name === ofDataVolume ||
  (name !== legacyClass &&
    (prefixes.some((prefix) => name.startsWith(prefix)) || ofOneRestore.includes(name)));

/**
 * A claim keeps `spec.volumeName`, and so binds to its own volume or to none. It keeps `dataSource` and `dataSourceRef` too, although
 * the snapshot they name may be on no other cluster: a claim that names its volume is never provisioned for
 * (`shouldProvision` of sig-storage-lib-external-provisioner), so nobody looks for it.
 */
export const cleanPersistentVolumeClaim = <T extends Fields>(claim: T): T =>
  withoutAnnotations(claim, isOfOneCluster);
