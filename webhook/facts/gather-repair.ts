import { messageOf } from '../../core/model/error.ts';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../core/model/reading.ts';
import { readingOf } from '../../core/model/reading-of.ts';
import { type ClaimKey, claimKeyText, claimRefKey } from '../../core/protection/claims-of-volume.ts';
import type { RepairFacts } from '../../core/rules/repair-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import { judgedKindOf } from './judged-kind.ts';
import { readClaim, readVolume } from './read-object.ts';
import type { Sources } from './sources.ts';

type FindClaim = Pick<Sources, 'view' | 'readClaim'>;

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
  return { subject: 'volume', volume, claim };
};

/** What a PV or a claim that is created is repaired by; undefined where nothing can be wrong with it. Rejects with `ObjectUnreadable`. */
export const gatherRepair = async (
  sources: FindClaim,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<RepairFacts | undefined> => {
  if (request.operation !== 'CREATE') return undefined;
  const kind = judgedKindOf(request);
  if (kind === 'PersistentVolume') return repairVolume(sources, request, signal);
  if (kind !== 'PersistentVolumeClaim') return undefined;
  const claim = readClaim(request.object);
  const namespace = claim.metadata.namespace ?? request.namespace;
  return { subject: 'claim', claim: { ...claim, metadata: { ...claim.metadata, namespace } } };
};
