import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import type { Reading } from '../../core/model/reading.ts';

type ClaimReading = Reading<PersistentVolumeClaim | undefined>;

/** The versions of one resource grow, and are compared as numbers (Kubernetes 1.35 says so of all its own kinds). Undefined where it is none. */
const versionOf = (reading: ClaimReading): bigint | undefined => {
  const text = reading.known ? reading.value?.metadata.resourceVersion : undefined;
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined;
};

/** A claim that was read of the API server is older than what the cache heard since: bound meanwhile, or replaced. Else the reading counts. */
export const newestClaim = (live: ClaimReading, cached: () => ClaimReading): ClaimReading => {
  const read = versionOf(live);
  if (read === undefined) return live;
  const heard = cached();
  const since = versionOf(heard);
  return since !== undefined && since > read ? heard : live;
};
