import { isUseRecorded, usesAnnotation, usesText } from '../../consent-use.ts';
import { consentTextOf, type ReplicationObject } from '../../protection/replication-subject.ts';
import type { PatchOperation, Repair, RepairFacts } from '../repair-facts.ts';
import { pointerTo } from './json-pointer.ts';

type Facts = Extract<RepairFacts, { subject: 'consent' }>;

const usesTextOf = (object: ReplicationObject | undefined): string | undefined =>
  object?.metadata.annotations?.[usesAnnotation];

/** The version of the spec that an object gets by a change of it: it still carries the one of before. */
export const generationAfter = (before: ReplicationObject | undefined): number =>
  before === undefined ? 1 : (before.metadata.generation ?? 0) + 1;

/** The object with an annotation; what it is patched by. */
const annotated = (object: ReplicationObject, text: string): ReplicationObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [usesAnnotation]: text } },
});

const setUses = (object: ReplicationObject, text: string): PatchOperation => {
  if (!object.metadata.annotations)
    return { op: 'add', path: pointerTo('metadata', 'annotations'), value: { [usesAnnotation]: text } };
  const op = usesTextOf(object) === undefined ? 'add' : 'replace';
  return { op, path: pointerTo('metadata', 'annotations', usesAnnotation), value: text };
};

/**
 * DR205. A consent is good for one change of the spec, and its use is written on the object with that very change: every replica of dr-webhook
 * and dr-controller reads it there, whenever it was started. What was used before is kept, whoever leaves it out.
 */
export const recordConsent = ({
  before,
  after,
  specChanges,
  now,
}: Facts): { readonly repair: Repair; readonly after: ReplicationObject } => {
  const generation = generationAfter(before);
  const consent = consentTextOf(after);
  const text = usesText({
    uses: [usesTextOf(before), usesTextOf(after)],
    consent: specChanges ? consent : undefined,
    generation,
    now,
  });
  if (text === undefined || text === usesTextOf(after)) return { repair: { patch: [], done: [] }, after };
  return {
    repair: { patch: [setUses(after, text)], done: [{ code: 'DR205', message: undefined }] },
    after: annotated(after, text),
  };
};

/** Whether the use of the consent that a change carries is written down with it. */
export const isConsentRecorded = (
  before: ReplicationObject | undefined,
  after: ReplicationObject | undefined,
): boolean =>
  isUseRecorded({ consent: consentTextOf(after), uses: usesTextOf(after) }, generationAfter(before));
