import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { ClaimRefMode } from './offer-volume.ts';
import type { Stage } from './restored-kinds.ts';

/** What is done about objects that the target has already. */
export type ExistingPolicy =
  /** They stand against the restore. Namespaces and classes are shared by many and only compared. */
  | 'fail'
  /** Those that match are taken as done. */
  | 'verify'
  /** Those that match get the labels and annotations of the source, and a claim its larger request. */
  | 'update';

/** A volume as the target is to have it. */
export type WantedVolume = {
  readonly volume: PersistentVolume;
  readonly claim: PersistentVolumeClaim;
  /** Uids on the source site; undefined where the source does not tell them. */
  readonly sourceUids: { readonly volume: string | undefined; readonly claim: string | undefined };
};

/** Any other object as the target is to have it. */
export type WantedObject = { readonly stage: Exclude<Stage, 'volume'>; readonly object: KubernetesObject };

/** Everything that a restore wants of the target. */
export type Wanted = {
  readonly volumes: readonly WantedVolume[];
  readonly others: readonly WantedObject[];
  /** Uid of the source cluster's namespace `kube-system`; undefined where the source does not tell it. */
  readonly sourceClusterUid: string | undefined;
  readonly existing: ExistingPolicy;
  readonly claimRef: ClaimRefMode;
};
