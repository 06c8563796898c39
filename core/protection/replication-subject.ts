import { consentAnnotation } from '../consent.ts';
import type { VolumeGroupReplication } from '../model/volume-group-replication.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import type { ReplicationChange, Wish } from '../rules/replication-facts.ts';
import type { Protector } from './protectors.ts';

/** The two kinds that protect claims, as objects. */
export type ReplicationObject = VolumeReplication | VolumeGroupReplication;

/** A replication that is created, changed or deleted, before anything is known around it. */
export type ReplicationSubject = {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly namespace: string;
  readonly name: string;
  /** As it will be, or was where it is deleted. */
  readonly shown: Protector;
  readonly before: ReplicationObject | undefined;
  readonly after: ReplicationObject | undefined;
};

/** The text of the consent annotation. */
export const consentTextOf = (object: ReplicationObject | undefined): string | undefined =>
  object?.metadata.annotations?.[consentAnnotation];

const wishOf = (object: ReplicationObject | undefined): Wish | undefined =>
  object && {
    replicationState: object.spec.replicationState,
    autoResync: object.spec.autoResync === true,
  };

/** The group that a VolumeReplication carries the state of; undefined for any other replication. */
export const groupOf = ({ shown }: Pick<ReplicationSubject, 'shown'>): string | undefined => {
  if (shown.kind !== 'VolumeReplication') return undefined;
  const { kind, name } = shown.object.spec.dataSource;
  return kind === 'VolumeGroupReplication' ? name : undefined;
};

/** The change as the rules know it. */
export const changeOf = (
  { operation, namespace, name, shown, before, after }: ReplicationSubject,
  around: Pick<ReplicationChange, 'followsGroup' | 'isProtecting'>,
): ReplicationChange => ({
  operation,
  kind: shown.kind,
  namespace,
  name,
  before: wishOf(before),
  after: wishOf(after),
  state: before?.status?.state ?? '',
  isTerminating: Boolean(before?.metadata.deletionTimestamp),
  ...around,
});
