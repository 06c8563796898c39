import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import { isNotFound } from '../../../kube/api-error.ts';
import type { ClusterController, LookContext } from '../runtime/cluster-controller.ts';
import { type Decision, settled } from '../runtime/decision.ts';
import { keyOf, parseKey, type SiteCache } from '../runtime/site-cache.ts';
import { rfc3339 } from '../runtime/time.ts';
import { type ClaimFacts, decideClaim } from './claim-decision.ts';
import {
  annotationOf,
  claimKey,
  claimKeyOfVolume,
  type StorageClass,
  storageClassNameOf,
  volumeNames,
} from './storage-objects.ts';
import { decideVolume } from './volume-decision.ts';

const { persistentVolumes, persistentVolumeClaims, storageClasses } = resources;

const claimsConcernedBy = (volume: PersistentVolume, cache: SiteCache): string[] => {
  const named = claimKeyOfVolume(volume);
  const waiting = cache.by(persistentVolumeClaims, 'volume', volume.metadata.name ?? '').map(claimKey);
  const open =
    named === undefined
      ? cache.by(persistentVolumeClaims, 'open', storageClassNameOf(volume) || '-').map(claimKey)
      : [named];
  return [...waiting, ...open];
};

const findDefaultClass = (cache: SiteCache): StorageClass | undefined =>
  cache
    .list<StorageClass>(storageClasses)
    .find((storageClass) => annotationOf(storageClass, volumeNames.defaultClass) === 'true');

/** The volumes that may be chosen for a claim without `volumeName`. */
export const candidatesFor = (
  claim: PersistentVolumeClaim,
  cache: SiteCache,
): readonly PersistentVolume[] => [
  ...cache.by<PersistentVolume>(persistentVolumes, 'claim', claimKey(claim)),
  ...cache.by<PersistentVolume>(persistentVolumes, 'open', storageClassNameOf(claim) || '-'),
];

const gatherClaim = (claim: PersistentVolumeClaim, cache: SiteCache): ClaimFacts => {
  const name = claim.spec?.volumeName ?? '';
  return {
    claim,
    named: name === '' ? undefined : cache.get<PersistentVolume>(persistentVolumes, { name }),
    candidates: candidatesFor(claim, cache),
    storageClass: cache.get<StorageClass>(storageClasses, { name: storageClassNameOf(claim) }),
    defaultClass: findDefaultClass(cache),
  };
};

/** What a claim gets, and what its status says. */
export const claimBinder: ClusterController = {
  name: 'claim binder',
  // Two claims may choose the same open volume: the second one's write meets a conflict, and it looks again.
  concurrency: 16,
  watches: [
    { resource: persistentVolumeClaims, keysOf: (claim) => [keyOf(claim)] },
    { resource: persistentVolumes, keysOf: claimsConcernedBy },
    {
      resource: storageClasses,
      keysOf: (storageClass, cache) =>
        [storageClass.metadata.name ?? '', '-']
          .flatMap((name) => cache.by(persistentVolumeClaims, 'open', name))
          .map(claimKey),
    },
  ],
  look: (key, { cache }) => {
    const claim = cache.get<PersistentVolumeClaim>(persistentVolumeClaims, parseKey(key));
    return claim === undefined ? settled : decideClaim(gatherClaim(claim, cache));
  },
};

/** Nothing is released on hearsay: a claim that the cache does not hold is asked for once more. */
const readClaim = async (
  volume: PersistentVolume,
  { cluster, cache, signal }: LookContext,
): Promise<PersistentVolumeClaim | undefined> => {
  const key = claimKeyOfVolume(volume);
  if (key === undefined || (volume.spec?.claimRef?.uid ?? '') === '') return undefined;
  const cached = cache.get<PersistentVolumeClaim>(persistentVolumeClaims, parseKey(key));
  const isRight = cached?.metadata.uid === volume.spec?.claimRef?.uid;
  const isOver = volume.status?.phase === 'Released' || volume.status?.phase === 'Failed';
  if (isRight || isOver) return cached;
  try {
    return await cluster.get<PersistentVolumeClaim>(persistentVolumeClaims, parseKey(key), { signal });
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
};

/** The phase of a volume. */
export const volumeBinder: ClusterController = {
  name: 'volume binder',
  concurrency: 16,
  watches: [
    { resource: persistentVolumes, keysOf: (volume) => [keyOf(volume)] },
    {
      resource: persistentVolumeClaims,
      keysOf: (claim, cache) => [
        ...cache.by(persistentVolumes, 'claim', claimKey(claim)).map(keyOf),
        ...((claim as PersistentVolumeClaim).spec?.volumeName
          ? [(claim as PersistentVolumeClaim).spec?.volumeName ?? '']
          : []),
      ],
    },
  ],
  look: async (key, context): Promise<Decision> => {
    const volume = context.cache.get<PersistentVolume>(persistentVolumes, { name: key });
    if (volume === undefined) return settled;
    const claim = await readClaim(volume, context);
    return decideVolume({ volume, claim, now: rfc3339(context.now()) });
  },
};
