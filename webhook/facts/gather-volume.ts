import { type PersistentVolume, volumeIdentityOf } from '../../core/model/persistent-volume.ts';
import { known, type Reading } from '../../core/model/reading.ts';
import { readingOf } from '../../core/model/reading-of.ts';
import {
  type ClaimKey,
  claimKeyText,
  claimsOfPersistentVolume,
  claimsOfVolume,
} from '../../core/protection/claims-of-volume.ts';
import { policyOf } from '../../core/protection/fate-of-volume.ts';
import type { ReplicationThere, VolumeFacts } from '../../core/rules/protection-facts.ts';
import { shownName } from '../../core/rules/repair/shown-name.ts';
import type { ReplicationHere } from '../../core/rules/replication-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { CachedView } from './cached-view.ts';
import { findProtection } from './find-protection.ts';
import { deletedObject, readVolume } from './read-object.ts';
import type { Sources } from './sources.ts';

/**
 * Claims that suffer from what becomes of a PV: its own; and where its policy takes the volume away with it, all that have the
 * volume through another PV.
 */
const claimsConcerned = (view: CachedView, volume: PersistentVolume, policy: string): readonly ClaimKey[] => {
  const identity = policy === 'Retain' ? undefined : volumeIdentityOf(volume);
  const keys = [
    ...claimsOfPersistentVolume(view, volume),
    ...(identity === undefined ? [] : claimsOfVolume(view, identity)),
  ];
  return [...new Map(keys.map((key) => [claimKeyText(key), key])).values()];
};

/** What protects the volume of a PV here, however it is called: through the claims that have it, not that of the PV's own name alone. */
export const protectionHere = (
  view: CachedView,
  volume: PersistentVolume,
): Reading<readonly ReplicationHere[]> =>
  readingOf(() => {
    const identity = volumeIdentityOf(volume);
    const claims = identity === undefined ? [] : claimsOfVolume(view, identity);
    return claims.flatMap((key) => findProtection(view, key));
  });

/**
 * As a provisioner makes it for a claim: under the claim's uid. Its volume is a moment old then, so that nobody protects it, and making
 * volumes must not depend on whether the other site answers.
 */
const isJustProvisioned = ({ metadata, spec }: PersistentVolume): boolean => {
  const uid = spec?.claimRef?.uid;
  return Boolean(uid) && metadata.name?.endsWith(`-${uid}`) === true;
};

const nothing: Reading<readonly ReplicationThere[]> = known([]);

/** What protects the volume of a PV on the other site. */
export const protectionThere = async (
  { peer, view }: Pick<Sources, 'peer' | 'view'>,
  volume: PersistentVolume,
  signal: AbortSignal,
): Promise<Reading<readonly ReplicationThere[]>> => {
  const identity = volumeIdentityOf(volume);
  if (peer === undefined || identity === undefined) return nothing;
  const found = await peer.protectorsOf(identity, signal);
  if (found.known) return found;
  const isReplicated = readingOf(() => view.isReplicatedBy(identity.driver));
  const isUnprotected = isJustProvisioned(volume) || (isReplicated.known && !isReplicated.value);
  return isUnprotected ? nothing : found;
};

type Change = Pick<VolumeFacts, 'operation' | 'before' | 'after'>;

const readChange = ({ operation, object, oldObject }: AdmissionRequest): Change | undefined => {
  if (operation === 'CONNECT') return undefined;
  return {
    operation,
    before: operation === 'CREATE' ? undefined : readVolume(deletedObject('PersistentVolume', oldObject)),
    after: operation === 'DELETE' ? undefined : readVolume(object),
  };
};

const claimRefText = ({ spec }: PersistentVolume): string => {
  const { namespace, name, uid } = spec?.claimRef ?? {};
  return [namespace, name, uid].join('/');
};

/** Whether a rule looks at the change: the end of a PV, another policy, or one that does not keep its volume and gets a claim. */
const isJudged = ({ before, after }: Change): boolean => {
  if (after === undefined) return true;
  if (before !== undefined && policyOf(after) !== policyOf(before)) return true;
  if (policyOf(after) === 'Retain') return false;
  return before === undefined || claimRefText(after) !== claimRefText(before);
};

/**
 * A PV that is deleted, whose reclaim policy changes, or that does not keep its volume and is created or gets another claim; undefined for
 * any other change. Rejects with `ObjectUnreadable`.
 */
export const gatherVolume = async (
  sources: Pick<Sources, 'peer' | 'view'>,
  request: AdmissionRequest,
  signal: AbortSignal,
): Promise<VolumeFacts | undefined> => {
  const change = readChange(request);
  if (change === undefined || !isJudged(change)) return undefined;
  const { operation, before, after } = change;
  const shown = after ?? before;
  if (shown === undefined) return undefined;
  const isTaking = after !== undefined && policyOf(after) !== 'Retain';
  const protectedThere = isTaking ? await protectionThere(sources, after, signal) : undefined;
  const { view } = sources;
  return {
    subject: 'volume',
    operation,
    name: before?.metadata.name ?? (request.name || shownName(shown.metadata)),
    before,
    after,
    protectedBy:
      before === undefined
        ? protectionHere(view, shown)
        : readingOf(() =>
            claimsConcerned(view, before, policyOf(shown)).flatMap((key) => findProtection(view, key)),
          ),
    ...(protectedThere === undefined ? {} : { protectedThere }),
  };
};
