import { isDeepStrictEqual } from 'node:util';
import { usesAnnotation } from '../../core/consent-use.ts';
import { noteOfDemotion } from '../../core/following/followed.ts';
import { messageOf } from '../../core/model/error.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { readingOf } from '../../core/model/reading-of.ts';
import { type ClaimKey, claimKeyText, claimRefKey } from '../../core/protection/claims-of-volume.ts';
import { policyOf } from '../../core/protection/fate-of-volume.ts';
import {
  consentTextOf,
  type ReplicationObject,
  type ReplicationSubject,
} from '../../core/protection/replication-subject.ts';
import { changesNote, mayNeedNote } from '../../core/rules/repair/note-demotion.ts';
import type { RepairFacts } from '../../core/rules/repair-facts.ts';
import type { ReplicationKind } from '../../core/rules/replication-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import { askAccess } from './ask-access.ts';
import { copyBefore } from './copy-before.ts';
import { protectionHere, protectionThere } from './gather-volume.ts';
import { judgedKindOf } from './judged-kind.ts';
import { readClaim, readVolume } from './read-object.ts';
import { readSubject } from './read-subject.ts';
import type { Sources } from './sources.ts';

type FindClaim = Pick<Sources, 'view' | 'readClaim' | 'peer'>;
type LookBack = Pick<Sources, 'view' | 'now' | 'reviewAccess'>;

/**
 * The claim that a claimRef names. Where the cache shows the very claim that is meant it is believed; to say that this claim is not
 * here, the API server itself is asked: the claim may have been created a moment ago, and its volume must not be taken from it.
 */
const findNamedClaim = async (
  { view, readClaim: readLive }: FindClaim,
  { key, uid }: { key: ClaimKey; uid: string },
  signal: AbortSignal,
): Promise<Reading<PersistentVolumeClaim | undefined>> => {
  const cached = readingOf(() => view.claim(key));
  if (cached.known && cached.value?.metadata.uid === uid) return cached;
  try {
    return known(await readLive(key, signal));
  } catch (error) {
    return unknown(`claim ${claimKeyText(key)} could not be read: ${messageOf(error)}`);
  }
};

/** Whether a replication of either site protects the volume behind a PV. */
const isProtected = async (
  sources: FindClaim,
  volume: PersistentVolume,
  signal: AbortSignal,
): Promise<Reading<boolean>> => {
  const here = protectionHere(sources.view, volume);
  if (here.known && here.value.length > 0) return known(true);
  const there = await protectionThere(sources, volume, signal);
  if (there.known && there.value.length > 0) return known(true);
  if (!here.known) return here;
  return there.known ? known(false) : there;
};

const repairVolume = async (
  sources: FindClaim,
  { object }: AdmissionRequest,
  signal: AbortSignal,
): Promise<RepairFacts | undefined> => {
  const volume = readVolume(object);
  const uid = volume.spec?.claimRef?.uid;
  if (!uid) return undefined;
  const key = claimRefKey(volume);
  // A uid alone names no claim that anybody could look for: there is none of no name.
  const claim = key === undefined ? known(undefined) : await findNamedClaim(sources, { key, uid }, signal);
  // What is foreign is kept anyway.
  const isOfHere = claim.known && claim.value?.metadata.uid === uid;
  if (!isOfHere || policyOf(volume) === 'Retain') return { subject: 'volume', volume, claim };
  return { subject: 'volume', volume, claim, isProtected: await isProtected(sources, volume, signal) };
};

const repairClaim = ({ object, namespace: sentTo }: AdmissionRequest): RepairFacts => {
  const claim = readClaim(object);
  const namespace = claim.metadata.namespace ?? sentTo;
  return { subject: 'claim', claim: { ...claim, metadata: { ...claim.metadata, namespace } } };
};

const changesSpec = ({ object, oldObject }: AdmissionRequest): boolean =>
  !isDeepStrictEqual(object?.['spec'], oldObject?.['spec']);

const noteDemotion = (
  sources: LookBack,
  subject: ReplicationSubject,
): Extract<RepairFacts, { subject: 'demotion' }> | undefined => {
  const { before, after } = subject;
  if (before === undefined || after === undefined || !mayNeedNote({ before, after })) return undefined;
  const { followed } = copyBefore(sources, subject);
  return { subject: 'demotion', before, after, note: noteOfDemotion(followed, sources.now()) };
};

/** A change of the note alone, as a controller makes it before it demotes. */
const keepNote = async (
  sources: LookBack,
  { subject, user }: { subject: ReplicationSubject; user: AdmissionRequest['user'] },
  signal: AbortSignal,
): Promise<Extract<RepairFacts, { subject: 'note' }> | undefined> => {
  const { before, after } = subject;
  if (before === undefined || after === undefined || !changesNote({ before, after })) return undefined;
  const mayWriteStatus = await askAccess(sources, { to: 'write-status', user, subject }, signal);
  return { subject: 'note', before, after, mayWriteStatus };
};

const hasUses = (object: ReplicationObject | undefined): boolean =>
  object?.metadata.annotations?.[usesAnnotation] !== undefined;

/** What is written on a replication with its change: the use of a consent, and its demotion. */
const repairReplication = async (
  sources: LookBack,
  { request, kind }: { request: AdmissionRequest; kind: ReplicationKind },
  signal: AbortSignal,
): Promise<RepairFacts | undefined> => {
  const subject = readSubject(request, kind);
  if (subject?.after === undefined) return undefined;
  const { before, after } = subject;
  const specChanges = changesSpec(request);
  const demotion = specChanges
    ? noteDemotion(sources, subject)
    : await keepNote(sources, { subject, user: request.user }, signal);
  if (consentTextOf(after) === undefined && !hasUses(before)) return demotion;
  return { subject: 'consent', before, after, specChanges, demotion, now: sources.now() };
};

/**
 * What a PV or a claim that is created, or a replication that is changed, is repaired by; undefined where there is nothing to repair.
 * Rejects with `ObjectUnreadable`.
 */
export const gatherRepair = async (
  sources: FindClaim & LookBack,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<RepairFacts | undefined> => {
  const kind = judgedKindOf(request);
  const isNew = request.operation === 'CREATE';
  switch (kind) {
    case 'PersistentVolume':
      return isNew ? repairVolume(sources, request, signal) : undefined;
    case 'PersistentVolumeClaim':
      return isNew ? repairClaim(request) : undefined;
    case 'VolumeReplication':
    case 'VolumeGroupReplication':
      return isNew || request.operation === 'UPDATE'
        ? repairReplication(sources, { request, kind }, signal)
        : undefined;
    default:
      return undefined;
  }
};
