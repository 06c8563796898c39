import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { claimsOfPod, type Pod } from '../../core/model/pod.ts';
import { resources } from '../../core/model/resource.ts';
import type { VolumeAttachment } from '../../core/model/volume-attachment.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { claimKeyText, keyOfClaim } from '../../core/protection/claims-of-volume.ts';
import { identityKeysOf, reservedKeyOf } from '../../core/protection/keys-of-volume.ts';
import { sourceKeyOf } from '../../core/protection/protectors.ts';
import type { Site } from '../door/clusters.ts';
import { type FollowedKind, followKind } from './follow-kind.ts';

/** Whose objects to follow. */
export type LiveScope = {
  readonly site: Site;
  /** Namespaces of the claims. */
  readonly namespaces: readonly string[];
  readonly onChange: (claims?: readonly string[]) => void;
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

/** Claims that a pod names, whether it has ended or not. */
const claimsNamedBy = (pod: Pod): string[] => {
  const { status: _, ...running } = pod;
  const { namespace = '' } = pod.metadata;
  return claimsOfPod(running as Pod).map((name) => claimKeyText({ namespace, name }));
};

/** How each kind is searched. */
const indexes = {
  replications: { source: (object: VolumeReplication) => given(sourceKeyOf(object)) },
  claims: {
    name: ({ metadata }: KubernetesObject) => given(metadata.name),
    volume: ({ spec }: PersistentVolumeClaim) => given(spec?.volumeName),
  },
  volumes: {
    identity: identityKeysOf,
    claim: (volume: PersistentVolume) => given(reservedKeyOf(volume)),
    class: ({ spec }: PersistentVolume) => given(spec?.storageClassName || undefined),
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
export const followVolumes = (scope: LiveScope, onClaim: () => void): LiveVolumes => {
  const wide = { ...scope, prefersCluster: true };
  const claimOfVolume = (volume: PersistentVolume | undefined): readonly string[] | undefined =>
    volume === undefined ? undefined : given(reservedKeyOf(volume));
  const volumes = followKind({
    ...wide,
    resource: resources.persistentVolumes,
    indexes: indexes.volumes,
    claimsOf: claimOfVolume,
  });
  return {
    replications: followKind({
      ...wide,
      claimsOf: (object) => given(sourceKeyOf(object)),
      resource: resources.volumeReplications,
      indexes: indexes.replications,
      keepsManagedFields: true,
    }),
    claims: followKind({
      ...wide,
      resource: resources.persistentVolumeClaims,
      indexes: indexes.claims,
      claimsOf: (claim) => [claimKeyText(keyOfClaim(claim))],
      onChange: (claims) => {
        onClaim();
        scope.onChange(claims);
      },
    }),
    volumes,
    pods: followKind({
      ...scope,
      prefersCluster: scope.namespaces.length === 0,
      resource: resources.pods,
      indexes: indexes.pods,
      // One that has ended uses nothing any more, and it is that which matters.
      claimsOf: (pod) => claimsNamedBy(pod),
    }),
    attachments: followKind({
      ...wide,
      resource: resources.volumeAttachments,
      indexes: indexes.attachments,
      claimsOf: ({ spec }) => claimOfVolume(volumes.get({ name: spec?.source?.persistentVolumeName ?? '' })),
    }),
  };
};
