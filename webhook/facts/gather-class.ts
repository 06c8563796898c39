import type { ClassFacts } from '../../core/rules/protection-facts.ts';
import { shownName } from '../../core/rules/repair/shown-name.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { ClassKind } from './admitted-replications.ts';
import { readClass } from './read-object.ts';

/** A class that is created; undefined for other operations, as its parameters cannot change. Throws `ObjectUnreadable`. */
export const gatherClass = (
  { operation, object }: AdmissionRequest,
  kind: ClassKind,
): ClassFacts | undefined => {
  if (operation !== 'CREATE') return undefined;
  const read = readClass(kind, object);
  return {
    subject: 'class',
    kind,
    name: shownName(read.metadata),
    provisioner: read.spec.provisioner,
    parameters: read.spec.parameters ?? {},
  };
};
