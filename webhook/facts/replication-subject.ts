import { consentAnnotation } from '../../core/consent.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { Protector } from '../../core/protection/protectors.ts';
import { shownName } from '../../core/rules/repair/shown-name.ts';
import type { ReplicationChange, ReplicationKind, Wish } from '../../core/rules/replication-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import { isUnchanged } from '../judge/is-unchanged.ts';
import { deletedObject, readGroup, readReplication } from './read-object.ts';

type ReplicationObject = VolumeReplication | VolumeGroupReplication;

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

const readAs = (kind: ReplicationKind, object: unknown): Protector =>
  kind === 'VolumeReplication'
    ? { kind, object: readReplication(object) }
    : { kind, object: readGroup(object) };

/**
 * Reads the replication of a request; undefined where nothing changes that a rule looks at. Throws `ObjectUnreadable`.
 */
export const readSubject = (
  request: AdmissionRequest,
  kind: ReplicationKind,
): ReplicationSubject | undefined => {
  const { operation } = request;
  if (operation === 'CONNECT' || isUnchanged(request)) return undefined;
  const before = operation === 'CREATE' ? undefined : readAs(kind, deletedObject(kind, request.oldObject));
  const after = operation === 'DELETE' ? undefined : readAs(kind, request.object);
  const shown = after ?? before;
  if (shown === undefined) return undefined;
  return {
    operation,
    shown,
    namespace: request.namespace || (shown.object.metadata.namespace ?? ''),
    name: shownName(shown.object.metadata),
    before: before?.object,
    after: after?.object,
  };
};

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
