import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { cannotRead, cannotReadYet } from '../../core/model/reading-of.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import type { SiteView } from '../../core/protection/site-view.ts';
import type { AdmittedReplications, ClassKind } from './admitted-replications.ts';
import { type CacheName, whyNotBelieved } from './cache-health.ts';
import { anyStandby, protectingKey } from './cache-indexes.ts';
import type { WebhookCaches } from './caches.ts';

/**
 * The cluster as the rules may believe it: caches that are filled and fresh, and what was let in lately. Every method must be called
 * within `readingOf`.
 */
export type CachedView = SiteView & {
  claimsIn(namespace: string): readonly PersistentVolumeClaim[];
  replicationsIn(namespace: string): readonly VolumeReplication[];
  /** Of all namespaces: those that a controller acted on. */
  replicationsProtecting(): readonly VolumeReplication[];
  groupsProtecting(): readonly VolumeGroupReplication[];
  /** Claims of all namespaces that were restored, by the class that they are to be promoted by; undefined: by any. */
  claimsOnStandby(className: string | undefined): readonly PersistentVolumeClaim[];
  /** One group in every version that may be what is stored; empty where there is none. */
  groupVersions(key: { namespace: string; name: string }): readonly VolumeGroupReplication[];
  replicationClass(kind: ClassKind, name: string): VolumeReplicationClass | undefined;
  isTerminating(namespace: string): boolean;
  /** Whether any class of replications here is for this driver. */
  isReplicatedBy(driver: string): boolean;
};

/** What a view is made of. */
export type ViewOptions = {
  readonly caches: WebhookCaches;
  readonly admitted: AdmittedReplications;
  readonly now: () => number;
  /** Milliseconds after which a cache that heard nothing is not believed. */
  readonly maxCacheAgeMs: number;
};

const nameOf = ({ metadata }: KubernetesObject): string => metadata.name ?? '';

const classCaches = {
  VolumeReplicationClass: 'replicationClasses',
  VolumeGroupReplicationClass: 'groupClasses',
} as const;

/** Looks at the caches through what is known of their health. */
export const viewCaches = ({ caches, admitted, now, maxCacheAgeMs }: ViewOptions): CachedView => {
  const believed = <Name extends CacheName>(name: Name): WebhookCaches[Name] => {
    const why = whyNotBelieved(caches, name, { now: now(), maxAgeMs: maxCacheAgeMs });
    if (why === undefined) return caches[name];
    const { hasSynced, failure } = caches[name];
    const isFilling = hasSynced?.() === false && failure?.() === undefined;
    return isFilling ? cannotReadYet(why) : cannotRead(why);
  };
  return {
    claim: (key) => believed('claims').get(key),
    claimsNamed: (name) => believed('claims').by('name', name),
    claimsIn: (namespace) => believed('claims').by('namespace', namespace),
    claimsNaming: (volumeName) => believed('claims').by('volume', volumeName),
    volume: (name) => believed('volumes').get({ name }),
    volumesOf: (identity) => believed('volumes').by('identity', identity),
    volumesReservedFor: (claim) => believed('volumes').by('claim', claimKeyText(claim)),
    replicationsOf: (source) => admitted.replicationsOf(believed('replications'), source),
    replicationsIn: (namespace) => believed('replications').by('namespace', namespace),
    replicationsProtecting: () => believed('replications').by('protecting', protectingKey),
    groupsProtecting: () => believed('groups').by('protecting', protectingKey),
    claimsOnStandby: (className) => believed('claims').by('standby', className ?? anyStandby),
    groupsIn: (namespace) => admitted.groupsIn(believed('groups'), namespace),
    groupVersions: (key) => admitted.groupVersions(believed('groups'), key),
    replicationClass: (kind, name) => admitted.replicationClass(believed(classCaches[kind]), kind, name),
    isReplicatedBy: (driver) =>
      (['replicationClasses', 'groupClasses'] as const).some(
        (name) => believed(name).by('provisioner', driver).length > 0,
      ),
    storageClass: (name) => believed('storageClasses').get({ name }),
    isTerminating: (name) => believed('namespaces').get({ name })?.metadata.deletionTimestamp !== undefined,
    podsUsing: (claim) => believed('pods').by('claim', claimKeyText(claim)).map(nameOf),
    nodesOf: (volumeName) =>
      believed('attachments')
        .by('volume', volumeName)
        .map((attachment) => attachment.spec?.nodeName ?? nameOf(attachment)),
  };
};
