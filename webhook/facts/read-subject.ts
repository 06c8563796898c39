import type { Protector } from '../../core/protection/protectors.ts';
import type { ReplicationSubject } from '../../core/protection/replication-subject.ts';
import { shownName } from '../../core/rules/repair/shown-name.ts';
import type { ReplicationKind } from '../../core/rules/replication-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import { isUnchanged } from '../judge/is-unchanged.ts';
import { deletedObject, readGroup, readReplication } from './read-object.ts';

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
