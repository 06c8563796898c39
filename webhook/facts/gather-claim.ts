import { readingOf } from '../../core/model/reading-of.ts';
import type { ClaimFacts } from '../../core/rules/protection-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { CachedView } from './cached-view.ts';
import { findProtection } from './find-protection.ts';
import { findTakenAlong } from './find-taken-along.ts';
import { deletedObject, readClaim } from './read-object.ts';

/** A claim that is deleted; undefined for other operations. Throws `ObjectUnreadable`. */
export const gatherClaim = (view: CachedView, request: AdmissionRequest): ClaimFacts | undefined => {
  if (request.operation !== 'DELETE') return undefined;
  const read = readClaim(deletedObject('PersistentVolumeClaim', request.oldObject));
  const namespace = request.namespace || (read.metadata.namespace ?? '');
  // All claims of a namespace can be deleted in one request, which then names none.
  const name = read.metadata.name ?? request.name;
  const claim = { ...read, metadata: { ...read.metadata, namespace, name } };
  return {
    subject: 'claim',
    namespace,
    name,
    isTerminating: Boolean(read.metadata.deletionTimestamp),
    protectedBy: readingOf(() => findProtection(view, { namespace, name }, claim)),
    takesAlong: readingOf(() =>
      findTakenAlong(view, [claim], (key) => key.namespace === namespace && key.name === name),
    ),
    namespaceTerminating: readingOf(() => view.isTerminating(namespace)),
  };
};
