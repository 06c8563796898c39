import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import type { PeerLook } from '../../kube/peer-look.ts';
import type { CachedView } from './cached-view.ts';
import type { ReviewAccess } from './review-access.ts';

/** Reads one claim from the API server itself; undefined where there is none. */
export type ReadClaim = (key: ClaimKey, signal: AbortSignal) => Promise<PersistentVolumeClaim | undefined>;

/** Where facts come from. */
export type Sources = {
  readonly view: CachedView;
  /** The other site; undefined where none is known. */
  readonly peer: Pick<PeerLook, 'look' | 'classNamed' | 'protectorsOf' | 'site'> | undefined;
  readonly reviewAccess: ReviewAccess;
  readonly readClaim: ReadClaim;
  readonly withoutPeer: 'allow' | 'refuse';
  readonly now: () => number;
};
