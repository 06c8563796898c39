import { field, type InternalType } from './internal-form.ts';

const secretReference: InternalType = [field('Name', 'name', ''), field('Namespace', 'namespace', '')];

const csi: InternalType = [
  field('Driver', 'driver', ''),
  field('VolumeHandle', 'volumeHandle', ''),
  field('ReadOnly', 'readOnly', false),
  field('FSType', 'fsType', ''),
  field('VolumeAttributes', 'volumeAttributes'),
  field('ControllerPublishSecretRef', 'controllerPublishSecretRef', null, secretReference),
  field('NodeStageSecretRef', 'nodeStageSecretRef', null, secretReference),
  field('NodePublishSecretRef', 'nodePublishSecretRef', null, secretReference),
  field('ControllerExpandSecretRef', 'controllerExpandSecretRef', null, secretReference),
  field('NodeExpandSecretRef', 'nodeExpandSecretRef', null, secretReference),
];

const nfs: InternalType = [
  field('Server', 'server', ''),
  field('Path', 'path', ''),
  field('ReadOnly', 'readOnly', false),
];

/** `core.PersistentVolumeSource`: one field per type of volume, all null but one. */
export const persistentVolumeSource: InternalType = [
  field('GCEPersistentDisk', 'gcePersistentDisk'),
  field('AWSElasticBlockStore', 'awsElasticBlockStore'),
  field('HostPath', 'hostPath', null, [field('Path', 'path', ''), field('Type', 'type')]),
  field('Glusterfs', 'glusterfs'),
  field('NFS', 'nfs', null, nfs),
  field('RBD', 'rbd'),
  field('Quobyte', 'quobyte'),
  field('ISCSI', 'iscsi'),
  field('FlexVolume', 'flexVolume'),
  field('Cinder', 'cinder'),
  field('CephFS', 'cephfs'),
  field('FC', 'fc'),
  field('Flocker', 'flocker'),
  field('AzureFile', 'azureFile'),
  field('VsphereVolume', 'vsphereVolume'),
  field('AzureDisk', 'azureDisk'),
  field('PhotonPersistentDisk', 'photonPersistentDisk'),
  field('PortworxVolume', 'portworxVolume'),
  field('ScaleIO', 'scaleIO'),
  field('Local', 'local', null, [field('Path', 'path', ''), field('FSType', 'fsType')]),
  field('StorageOS', 'storageos'),
  field('CSI', 'csi', null, csi),
];

/** The fields of a PV's spec of which exactly one names the volume. CSI comes last, as the server counts. */
export const volumeSources: readonly string[] = persistentVolumeSource.map(({ json }) => json);
