import { demotionAnnotation, demotionOf, demotionText } from '../../following/demotion.ts';
import type { KubernetesObject } from '../../model/kubernetes-object.ts';
import type { ReplicationObject } from '../../protection/replication-subject.ts';
import type { PatchOperation, Repair, RepairFacts } from '../repair-facts.ts';
import { pointerTo } from './json-pointer.ts';

const nothing: Repair = { patch: [], done: [] };

/** A replication before and after its change. */
type Change = { readonly before: ReplicationObject; readonly after: ReplicationObject };

/** It asked for primary, and does not any more. */
const stopsAskingForPrimary = ({ before, after }: Change): boolean =>
  before.spec.replicationState === 'primary' && after.spec.replicationState !== 'primary';

/** It was demoted, and stays so. What asks for a resync gives its copy up, and nothing has to be remembered of it. */
const staysDemoted = ({ before, after }: Change): boolean =>
  before.spec.replicationState === 'secondary' && after.spec.replicationState === 'secondary';

/** Whether a change can need a note: what is gathered for one costs a look at the class. */
export const mayNeedNote = (change: Change): boolean => stopsAskingForPrimary(change) || staysDemoted(change);

const markTextOf = ({ metadata }: KubernetesObject): string | undefined =>
  metadata.annotations?.[demotionAnnotation];

/**
 * Whether this very change brings a mark, as that of kubectl dr does, which may say what a person accepted. One that stood there before
 * says nothing of this change, even where it names that generation: it came along when the object was created from another one's YAML.
 */
const bringsMark = (before: ReplicationObject, after: ReplicationObject, generation: number): boolean => {
  const stored = { ...after, metadata: { ...after.metadata, generation } };
  return markTextOf(after) !== markTextOf(before) && demotionOf(stored, undefined).kind === 'marked';
};

/** Where there are no annotations, nothing can be put into them (RFC 6902): then they come with it. */
const setMark = (object: ReplicationObject, text: string): PatchOperation => {
  if (!object.metadata.annotations)
    return { op: 'add', path: pointerTo('metadata', 'annotations'), value: { [demotionAnnotation]: text } };
  const op = markTextOf(object) === undefined ? 'add' : 'replace';
  return { op, path: pointerTo('metadata', 'annotations', demotionAnnotation), value: text };
};

const noteWith = (after: ReplicationObject, text: string): Repair =>
  markTextOf(after) === text
    ? nothing
    : { patch: [setMark(after, text)], done: [{ code: 'DR204', message: undefined }] };

/** A note is valid for one version of the spec: any other change, such as of autoResync, would end it, and nobody would know any more. */
const carryAlong = ({ before, after }: Change, generation: number): Repair => {
  const demotion = demotionOf(before, undefined);
  return demotion.kind === 'marked' ? noteWith(after, demotionText(demotion, generation)) : nothing;
};

/**
 * DR204. Once a volume is demoted nothing on it tells whether the other site had followed, and kubernetes-csi-addons writes nothing
 * down: so it is noted with the change that asks for the demotion. Nobody is warned: it changes nothing for whoever asks, and where the other
 * site has not followed, or nobody can tell, DR113 says so in the same request.
 */
export const noteDemotion = (facts: Extract<RepairFacts, { subject: 'demotion' }>): Repair => {
  const { before, after, note } = facts;
  // The API server counts a change of the spec after this: the object still carries the generation of before.
  const generation = (before.metadata.generation ?? 0) + 1;
  if (bringsMark(before, after, generation)) return nothing;
  if (staysDemoted(facts)) return carryAlong(facts, generation);
  return stopsAskingForPrimary(facts) ? noteWith(after, demotionText(note, generation)) : nothing;
};
