import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { knownValue } from '../../core/model/reading-of.ts';
import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import { protectorsOf, replicationHereOf } from '../../core/protection/protectors.ts';
import type { ReplicationHere } from '../../core/rules/replication-facts.ts';
import type { CachedView } from './cached-view.ts';

/** Replications that take a claim in; `shown` is the claim itself where a request carries it. Within `readingOf`. */
export const findProtection = (
  view: CachedView,
  key: ClaimKey,
  shown?: PersistentVolumeClaim,
): readonly ReplicationHere[] =>
  knownValue(protectorsOf(view, key, shown ?? view.claim(key))).map((protector) =>
    replicationHereOf(protector, key.name),
  );
