import { millisecondsOf } from '../../core/model/api-time.ts';
import { readingOf } from '../../core/model/reading-of.ts';
import { resources } from '../../core/model/resource.ts';
import { isAtWork } from '../../core/operation/is-at-work.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import type { Protector } from '../../core/protection/protectors.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import type { RecordFacts, RecordKindFacts } from '../../core/rules/protection-facts.ts';
import { newest } from '../../core/status/replication.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { CachedView } from './cached-view.ts';
import { deletedObject, readDefinition, readOperation } from './read-object.ts';

/** The newest time that its command wrote. */
const lastHeardAt = ({ metadata, status }: OperationRecord): number | undefined =>
  newest([metadata.creationTimestamp, status?.startedAt, status?.lease?.renewTime].map(millisecondsOf));

/** The record of a procedure that is deleted; undefined for other operations. Throws `ObjectUnreadable`. */
export const gatherRecord = (request: AdmissionRequest, now: number): RecordFacts | undefined => {
  if (request.operation !== 'DELETE') return undefined;
  const record = readOperation(deletedObject('Operation', request.oldObject));
  const { metadata, spec, status } = record;
  // Before its first status it has just been made.
  const standing = {
    phase: status?.phase ?? 'Running',
    lease: status?.lease,
    lastHeardAt: lastHeardAt(record),
  } as const;
  return {
    subject: 'record',
    namespace: request.namespace || (metadata.namespace ?? ''),
    name: metadata.name ?? request.name,
    isTerminating: Boolean(metadata.deletionTimestamp),
    atWork: isAtWork(standing, now)
      ? `${spec.verb.toLowerCase()} to ${oneLine(spec.to.name, 80)} by ${oneLine(spec.by, 80)}`
      : undefined,
  };
};

const definition = `${resources.operations.plural}.${resources.operations.group}`;

const nameOf = ({ kind, object: { metadata } }: Protector): string =>
  `${kind} ${metadata.namespace}/${metadata.name}`;

/** The definition of the kind of records that is deleted; undefined for other operations and definitions. Throws `ObjectUnreadable`. */
export const gatherRecordKind = (
  view: CachedView,
  request: AdmissionRequest,
): RecordKindFacts | undefined => {
  if (request.operation !== 'DELETE') return undefined;
  const { metadata } = readDefinition(deletedObject('CustomResourceDefinition', request.oldObject));
  if ((metadata.name ?? request.name) !== definition) return undefined;
  return {
    subject: 'recordKind',
    name: definition,
    isTerminating: Boolean(metadata.deletionTimestamp),
    replications: readingOf(() => [
      ...view.replicationsProtecting().map((object) => nameOf({ kind: 'VolumeReplication', object })),
      ...view.groupsProtecting().map((object) => nameOf({ kind: 'VolumeGroupReplication', object })),
    ]),
  };
};
