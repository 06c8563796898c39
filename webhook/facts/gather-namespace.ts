import { knownValue, readingOf } from '../../core/model/reading-of.ts';
import { membersOf } from '../../core/protection/group-members.ts';
import { type Protector, replicationHereOf } from '../../core/protection/protectors.ts';
import type { NamespaceFacts } from '../../core/rules/protection-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { CachedView } from './cached-view.ts';
import { findTakenAlong } from './find-taken-along.ts';
import { deletedObject, readNamespace } from './read-object.ts';
import { wasActedOn } from './was-acted-on.ts';

const sourceNameOf = (protector: Protector): string =>
  protector.kind === 'VolumeReplication' ? protector.object.spec.dataSource.name : '';

/** Replications of a namespace that protect: a controller acted on them, or they are groups with claims. Within `readingOf`. */
const protectorsIn = (view: CachedView, namespace: string): readonly Protector[] => [
  ...view
    .replicationsIn(namespace)
    .map((object): Protector => ({ kind: 'VolumeReplication', object }))
    .filter(wasActedOn),
  ...view
    .groupsIn(namespace)
    .map((object): Protector => ({ kind: 'VolumeGroupReplication', object }))
    .filter(
      (group) =>
        wasActedOn(group) ||
        (group.kind === 'VolumeGroupReplication' &&
          knownValue(membersOf(group.object, view.claimsIn(namespace))).length > 0),
    ),
];

/** A namespace that is deleted; undefined for other operations. Throws `ObjectUnreadable`. */
export const gatherNamespace = (view: CachedView, request: AdmissionRequest): NamespaceFacts | undefined => {
  if (request.operation !== 'DELETE') return undefined;
  const { metadata } = readNamespace(deletedObject('Namespace', request.oldObject));
  const name = metadata.name ?? request.name;
  return {
    subject: 'namespace',
    name,
    isTerminating: Boolean(metadata.deletionTimestamp),
    replications: readingOf(() =>
      protectorsIn(view, name).map((protector) => replicationHereOf(protector, sourceNameOf(protector))),
    ),
    takesAlong: readingOf(() => findTakenAlong(view, view.claimsIn(name), (key) => key.namespace === name)),
  };
};
