import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  volumeIdentityKey,
  volumeIdentityOf,
} from '../../core/model/persistent-volume.ts';
import { claimsOfPod, type Pod } from '../../core/model/pod.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeAttachment } from '../../core/model/volume-attachment.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { claimKeyText, claimRefKey } from '../../core/protection/claims-of-volume.ts';
import { sourceKeyOf } from '../../core/protection/protectors.ts';
import type { Site } from '../door/clusters.ts';
import { type FollowedKind, followKind } from './follow-kind.ts';

/** Whose objects to follow. */
export type LiveScope = {
  readonly site: Site;
  /** Namespaces of the claims. */
  readonly namespaces: readonly string[];
  readonly onChange: () => void;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly random: () => number;
};

/** What changes while volumes move, followed. */
export type LiveVolumes = {
  readonly replications: FollowedKind<VolumeReplication>;
  readonly claims: FollowedKind<PersistentVolumeClaim>;
  readonly volumes: FollowedKind<PersistentVolume>;
  readonly pods: FollowedKind<Pod>;
  readonly attachments: FollowedKind<VolumeAttachment>;
};

const given = (value: string | undefined): readonly string[] => (value ? [value] : []);

const identityOf = (volume: PersistentVolume): string | undefined => {
  const identity = volumeIdentityOf(volume);
  return identity && volumeIdentityKey(identity);
};

const reservedFor = (volume: PersistentVolume): string | undefined => {
  const key = claimRefKey(volume);
  return key && claimKeyText(key);
};

/** How each kind is searched. */
const indexes = {
  replications: { source: (object: VolumeReplication) => given(sourceKeyOf(object)) },
  claims: {
    name: ({ metadata }: KubernetesObject) => given(metadata.name),
    volume: ({ spec }: PersistentVolumeClaim) => given(spec?.volumeName),
  },
  volumes: {
    identity: (volume: PersistentVolume) => given(identityOf(volume)),
    claim: (volume: PersistentVolume) => given(reservedFor(volume)),
  },
  pods: {
    claim: (pod: Pod) =>
      claimsOfPod(pod).map((name) => claimKeyText({ namespace: pod.metadata.namespace ?? '', name })),
  },
  attachments: {
    volume: ({ spec }: VolumeAttachment) => given(spec?.source?.persistentVolumeName),
  },
};

/** Follows the volumes of a site, of all namespaces where one may: other claims may have the same volume. Pods of the namespaces alone. */
export const followVolumes = (scope: LiveScope): LiveVolumes => {
  const wide = { ...scope, prefersCluster: true };
  return {
    replications: followKind({
      ...wide,
      resource: resources.volumeReplications,
      indexes: indexes.replications,
      keepsManagedFields: true,
    }),
    claims: followKind({ ...wide, resource: resources.persistentVolumeClaims, indexes: indexes.claims }),
    volumes: followKind({ ...wide, resource: resources.persistentVolumes, indexes: indexes.volumes }),
    pods: followKind({
      ...scope,
      prefersCluster: scope.namespaces.length === 0,
      resource: resources.pods,
      indexes: indexes.pods,
    }),
    attachments: followKind({
      ...wide,
      resource: resources.volumeAttachments,
      indexes: indexes.attachments,
    }),
  };
};
