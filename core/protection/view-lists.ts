import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { claimsOfPod, type Pod } from '../model/pod.ts';
import type { Reading } from '../model/reading.ts';
import { cannotRead, knownValue } from '../model/reading-of.ts';
import type { StorageClass } from '../model/storage-class.ts';
import type { VolumeAttachment } from '../model/volume-attachment.ts';
import type { VolumeGroupReplication } from '../model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../model/volume-replication.ts';
import { type ClaimKey, claimKeyText, keyOfClaim } from './claims-of-volume.ts';
import { identityKeysOf, reservedKeyOf } from './keys-of-volume.ts';
import { sourceKeyOf } from './protectors.ts';
import type { SiteView } from './site-view.ts';

/** The objects of one cluster as they were listed at one moment; each list may be what could not be read. */
export type SiteLists = {
  /** The namespaces that claims, replications and groups were listed of, where not all may be: what is in others is unknown. */
  readonly onlyNamespaces?: readonly string[] | undefined;
  readonly claims: Reading<readonly PersistentVolumeClaim[]>;
  readonly volumes: Reading<readonly PersistentVolume[]>;
  readonly replications: Reading<readonly VolumeReplication[]>;
  readonly groups: Reading<readonly VolumeGroupReplication[]>;
  readonly replicationClasses: Reading<readonly VolumeReplicationClass[]>;
  readonly storageClasses: Reading<readonly StorageClass[]>;
  readonly pods: Reading<readonly Pod[]>;
  readonly attachments: Reading<readonly VolumeAttachment[]>;
};

/** A cluster's lists as the rules look at them, with the classes and replications by name. */
export type ListedSite = SiteView & {
  replicationClasses(): readonly VolumeReplicationClass[];
  replicationClass(name: string): VolumeReplicationClass | undefined;
  replication(namespace: string, name: string): VolumeReplication | undefined;
  /** PVs of a StorageClass. */
  volumesOfClass(name: string): readonly PersistentVolume[];
  /** Pods that use the claim and have not ended, whole. */
  podsOf(claim: ClaimKey): readonly Pod[];
};

/** Finds objects by a key of theirs. Built at the first question: most lists are never asked that way. */
const indexBy = <T extends KubernetesObject>(
  list: Reading<readonly T[]>,
  keysOf: (object: T) => readonly (string | undefined)[],
): ((key: string) => readonly T[]) => {
  let table: Map<string, T[]> | undefined;
  const build = (): Map<string, T[]> => {
    const built = new Map<string, T[]>();
    for (const object of knownValue(list)) {
      for (const key of keysOf(object)) {
        if (key === undefined) continue;
        const same = built.get(key);
        if (same === undefined) built.set(key, [object]);
        else same.push(object);
      }
    }
    return built;
  };
  return (key) => {
    table ??= build();
    return table.get(key) ?? [];
  };
};

const nameOf = ({ metadata }: KubernetesObject): string => metadata.name ?? '';

const claimsUsedBy = (pod: Pod): string[] =>
  claimsOfPod(pod).map((name) => claimKeyText({ namespace: pod.metadata.namespace ?? '', name }));

/** Looks at lists as the rules do. What a list that could not be read would tell is unknown. */
export const viewLists = (lists: SiteLists): ListedSite => {
  const { onlyNamespaces } = lists;
  const mustBeListed = (namespace: string): void => {
    if (onlyNamespaces?.includes(namespace) === false)
      cannotRead(`namespace ${namespace} may not be listed, so that what it holds is not known`);
  };
  const inNamespace =
    <T>(find: (key: string) => readonly T[]) =>
    (key: string): readonly T[] => {
      mustBeListed(key.slice(0, key.indexOf('/')));
      return find(key);
    };
  const claimsByKey = indexBy(lists.claims, (claim) => [claimKeyText(keyOfClaim(claim))]);
  const claimsByName = indexBy(lists.claims, (claim) => [claim.metadata.name]);
  const claimsByVolume = indexBy(lists.claims, ({ spec }) => [spec?.volumeName || undefined]);
  const volumesByName = indexBy(lists.volumes, (volume) => [nameOf(volume)]);
  const volumesByClass = indexBy(lists.volumes, ({ spec }) => [spec?.storageClassName || undefined]);
  const volumesByIdentity = indexBy(lists.volumes, identityKeysOf);
  const volumesByClaim = indexBy(lists.volumes, (volume) => [reservedKeyOf(volume)]);
  const replicationsBySource = indexBy(lists.replications, (replication) => [sourceKeyOf(replication)]);
  const replicationsByKey = indexBy(lists.replications, ({ metadata }) => [
    `${metadata.namespace}/${metadata.name}`,
  ]);
  const groupsByNamespace = indexBy(lists.groups, ({ metadata }) => [metadata.namespace]);
  const classesByName = indexBy(lists.replicationClasses, (item) => [nameOf(item)]);
  const storageClassesByName = indexBy(lists.storageClasses, (item) => [nameOf(item)]);
  const podsByClaim = indexBy(lists.pods, claimsUsedBy);
  const attachmentsByVolume = indexBy(lists.attachments, ({ spec }) => [spec?.source?.persistentVolumeName]);
  return {
    claim: (key) => inNamespace(claimsByKey)(claimKeyText(key))[0],
    claimsNamed: claimsByName,
    claimsNaming: claimsByVolume,
    volume: (name) => volumesByName(name)[0],
    volumesOf: volumesByIdentity,
    volumesReservedFor: (claim) => volumesByClaim(claimKeyText(claim)),
    volumesOfClass: volumesByClass,
    replicationsOf: inNamespace(replicationsBySource),
    groupsIn: (namespace) => {
      mustBeListed(namespace);
      return groupsByNamespace(namespace);
    },
    replication: (namespace, name) => inNamespace(replicationsByKey)(`${namespace}/${name}`)[0],
    replicationClasses: () => knownValue(lists.replicationClasses),
    replicationClass: (name) => classesByName(name)[0],
    storageClass: (name) => storageClassesByName(name)[0],
    podsOf: (claim) => podsByClaim(claimKeyText(claim)),
    podsUsing: (claim) => podsByClaim(claimKeyText(claim)).map(nameOf),
    nodesOf: (volumeName) =>
      attachmentsByVolume(volumeName).map((attachment) => attachment.spec?.nodeName ?? nameOf(attachment)),
  };
};
