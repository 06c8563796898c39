import {
  type Demotion,
  type DemotionNote,
  demotionAnnotation,
  demotionOf,
  demotionText,
  isBetterNote,
} from '../../following/demotion.ts';
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

const noteTextOf = ({ metadata }: KubernetesObject): string | undefined =>
  metadata.annotations?.[demotionAnnotation];

/** Whether a change writes, changes or removes a note, whatever it says. */
export const changesNote = ({ before, after }: Change): boolean => noteTextOf(before) !== noteTextOf(after);

/** Whether a change of the spec can need a note, or brings one: what is gathered for it costs a look at the class. */
export const mayNeedNote = (change: Change): boolean =>
  stopsAskingForPrimary(change) || staysDemoted(change) || changesNote(change);

const path = pointerTo('metadata', 'annotations', demotionAnnotation);

/** Where there are no annotations, nothing can be put into them (RFC 6902): then they come with it. */
const setNote = (object: ReplicationObject, text: string): PatchOperation => {
  if (!object.metadata.annotations)
    return { op: 'add', path: pointerTo('metadata', 'annotations'), value: { [demotionAnnotation]: text } };
  return { op: noteTextOf(object) === undefined ? 'add' : 'replace', path, value: text };
};

const withText = (after: ReplicationObject, text: string | undefined): Repair => {
  if (noteTextOf(after) === text) return nothing;
  const operation: PatchOperation = text === undefined ? { op: 'remove', path } : setNote(after, text);
  return { patch: [operation], done: [{ code: 'DR204', message: undefined }] };
};

const putBack = ({ before, after }: Change): Repair => withText(after, noteTextOf(before));

/**
 * The note that this very change brings, as that of kubectl dr, which may say what a person accepted. One that stood there before says
 * nothing of this change, even where it names that generation: it came along when the object was created from another one's YAML.
 */
const noteBrought = (
  change: Change,
  generation: number,
): Extract<Demotion, { kind: 'marked' }> | undefined => {
  if (!changesNote(change)) return undefined;
  const { metadata, ...rest } = change.after;
  const demotion = demotionOf({ ...rest, metadata: { ...metadata, generation } }, undefined);
  return demotion.kind === 'marked' ? demotion : undefined;
};

/** What is brought stays where it says no better than what is known: a promote of the other site rests on it. */
const atMost = (change: Change, known: DemotionNote, generation: number): Repair => {
  const brought = noteBrought(change, generation);
  return brought !== undefined && !isBetterNote(brought, known)
    ? nothing
    : withText(change.after, demotionText(known, generation));
};

/** A note is valid for one version of the spec: any other change, such as of autoResync, would end it, and nobody would know any more. */
const carryAlong = (change: Change, generation: number): Repair => {
  const demotion = demotionOf(change.before, undefined);
  return demotion.kind === 'marked' ? atMost(change, demotion, generation) : putBack(change);
};

/**
 * DR204. Once a volume is demoted nothing on it tells whether the other site had followed, and kubernetes-csi-addons writes nothing
 * down: so it is noted with the change that asks for the demotion. Nobody is warned: it changes nothing for whoever asks, and where the other
 * site has not followed, or nobody can tell, DR113 says so in the same request.
 */
export const noteDemotion = (facts: Extract<RepairFacts, { subject: 'demotion' }>): Repair => {
  // The API server counts a change of the spec after this: the object still carries the generation of before.
  const generation = (facts.before.metadata.generation ?? 0) + 1;
  if (stopsAskingForPrimary(facts)) return atMost(facts, facts.note, generation);
  return staysDemoted(facts) ? carryAlong(facts, generation) : putBack(facts);
};

/**
 * DR204, of a change of the note alone. It is worth as much as the consent that DR113 asks for, so that only who may write what a controller
 * has seen may change it: for everybody else it stays as it is.
 */
export const keepNote = ({ mayWriteStatus, ...change }: Extract<RepairFacts, { subject: 'note' }>): Repair =>
  mayWriteStatus.known && mayWriteStatus.value ? nothing : putBack(change);
