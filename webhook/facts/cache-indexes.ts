import { restoreAnnotations } from '../../core/backup/restore-annotations.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { claimsOfPod, type Pod } from '../../core/model/pod.ts';
import type { VolumeAttachment } from '../../core/model/volume-attachment.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import { claimKeyText, claimRefKey } from '../../core/protection/claims-of-volume.ts';
import { identityKeysOf } from '../../core/protection/keys-of-volume.ts';
import { sourceKeyOf } from '../../core/protection/protectors.ts';
import { wasActedOn } from './was-acted-on.ts';

const given = (value: string | undefined): readonly string[] => (value ? [value] : []);

const inNamespace = { namespace: ({ metadata }: KubernetesObject) => given(metadata.namespace) };

/** Those that a controller acted on, under one key. */
export const protectingKey = 'protecting';

/** Restored claims, of whatever class, under one key; no class is called so. */
export const anyStandby = '*';

/** How each cache is searched. A cache made by hand needs the same indexes. */
export const cacheIndexes = {
  replications: {
    ...inNamespace,
    source: (replication: VolumeReplication) => given(sourceKeyOf(replication)),
    protecting: (object: VolumeReplication) =>
      wasActedOn({ kind: 'VolumeReplication', object }) ? [protectingKey] : [],
  },
  classes: {
    provisioner: ({ spec }: VolumeReplicationClass) => given(spec?.provisioner),
  },
  groups: {
    ...inNamespace,
    protecting: (object: VolumeGroupReplication) =>
      wasActedOn({ kind: 'VolumeGroupReplication', object }) ? [protectingKey] : [],
  },
  volumes: {
    identity: identityKeysOf,
    /** The claim it is bound to or reserved for. */
    claim: (volume: PersistentVolume) => {
      const key = claimRefKey(volume);
      return key === undefined ? [] : [claimKeyText(key)];
    },
  },
  claims: {
    ...inNamespace,
    name: ({ metadata }: PersistentVolumeClaim) => given(metadata.name),
    volume: ({ spec }: PersistentVolumeClaim) => given(spec?.volumeName),
    /** The class by which a restored claim is to be promoted. */
    standby: ({ metadata }: PersistentVolumeClaim) => {
      const className = metadata.annotations?.[restoreAnnotations.replicationClass];
      return className ? [className, anyStandby] : [];
    },
  },
  pods: {
    claim: (pod: Pod) =>
      claimsOfPod(pod).map((name) => claimKeyText({ namespace: pod.metadata.namespace ?? '', name })),
  },
  attachments: {
    volume: ({ spec }: VolumeAttachment) => given(spec?.source?.persistentVolumeName),
  },
} as const;
