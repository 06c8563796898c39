import type { PersistentVolume } from '../model/persistent-volume.ts';
import type { Reading } from '../model/reading.ts';
import type { ReplicationHere } from './replication-facts.ts';

/** A VolumeReplicationClass or VolumeGroupReplicationClass is created. */
export type ClassFacts = {
  readonly subject: 'class';
  readonly kind: 'VolumeReplicationClass' | 'VolumeGroupReplicationClass';
  readonly name: string;
  readonly provisioner: string;
  readonly parameters: Readonly<Record<string, string>>;
};

/** A replication of the other site. */
export type ReplicationThere = ReplicationHere & { readonly site: string };

/** A PersistentVolume is created, changed or deleted. */
export type VolumeFacts = {
  readonly subject: 'volume';
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly name: string;
  /** Undefined when it is created. */
  readonly before: PersistentVolume | undefined;
  /** Undefined when it is deleted. */
  readonly after: PersistentVolume | undefined;
  /** Replications here that protect the claim it is bound to or reserved for; where it does not keep its volume, all of the volume. */
  readonly protectedBy: Reading<readonly ReplicationHere[]>;
  /** Replications of the other site that protect the volume; left out where the PV keeps it, as nobody asks then. */
  readonly protectedThere?: Reading<readonly ReplicationThere[]>;
};

/** A PV that goes with its claim and takes a volume along, which replications protect through another claim. */
export type TakenAlong = {
  readonly volumeName: string;
  readonly claimName: string;
  readonly policy: string;
  readonly protectedBy: readonly ReplicationHere[];
};

/** A PersistentVolumeClaim is deleted. */
export type ClaimFacts = {
  readonly subject: 'claim';
  readonly namespace: string;
  readonly name: string;
  /** It was deleted before, and only its finalizers keep it. */
  readonly isTerminating: boolean;
  readonly protectedBy: Reading<readonly ReplicationHere[]>;
  readonly takesAlong: Reading<readonly TakenAlong[]>;
  readonly namespaceTerminating: Reading<boolean>;
};

/** A Namespace is deleted. */
export type NamespaceFacts = {
  readonly subject: 'namespace';
  readonly name: string;
  readonly isTerminating: boolean;
  /** Replications in it that protect: a driver may have been asked to mirror for them. */
  readonly replications: Reading<readonly ReplicationHere[]>;
  /** Of all its claims; protected from another namespace. */
  readonly takesAlong: Reading<readonly TakenAlong[]>;
};

/** The CustomResourceDefinition of a kind of replications is deleted, and each of that kind with it: no webhook is asked about those. */
export type DefinitionFacts = {
  readonly subject: 'definition';
  readonly name: string;
  readonly isTerminating: boolean;
  /** Replications of that kind that protect, in all namespaces. */
  readonly replications: Reading<readonly ReplicationHere[]>;
};

/** The record of a procedure, an Operation, is deleted. */
export type RecordFacts = {
  readonly subject: 'record';
  readonly namespace: string;
  readonly name: string;
  readonly isTerminating: boolean;
  /** `relocate to cluster-2 by alice`; undefined where nobody carries it out now. */
  readonly atWork: string | undefined;
};

/** The CustomResourceDefinition of Operation is deleted, and each record with it. */
export type RecordKindFacts = {
  readonly subject: 'recordKind';
  readonly name: string;
  readonly isTerminating: boolean;
  /** Replications that protect, of both kinds and in all namespaces: `VolumeReplication shop/db`. */
  readonly replications: Reading<readonly string[]>;
};

/** Kinds that stand for all volumes of a cluster: without them no volume is promoted, mirrored or restored. */
export type NeededKind =
  | 'VolumeReplicationClass'
  | 'VolumeGroupReplicationClass'
  | 'StorageClass'
  | 'CustomResourceDefinition';

/** A class, or the definition of a kind of classes, is deleted. */
export type NeededFacts = {
  readonly subject: 'needed';
  readonly kind: NeededKind;
  readonly name: string;
  readonly isTerminating: boolean;
  /** Replications that protect by it, in all namespaces. */
  readonly replications: Reading<readonly ReplicationHere[]>;
  /** Claims, as `namespace/name`, that were restored from the site that mirrors them, and are promoted by it when that is lost. */
  readonly standby: Reading<readonly string[]>;
};
