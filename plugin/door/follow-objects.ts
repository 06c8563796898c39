// Objects as they change, through the room that talks to clusters.
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { type Informer, type InformerOptions, startInformer } from '../../kube/informer.ts';

/** A kind as it is now, and as it changes: one list, then one watch. */
export type FollowedObjects<T extends KubernetesObject> = Pick<
  Informer<T>,
  'synced' | 'hasSynced' | 'get' | 'by' | 'list' | 'observe' | 'failure'
>;

/** Follows one kind until the signal is aborted; see `startInformer`. Nothing is thrown: failures go to `onFailure`. */
export const followObjects = <T extends KubernetesObject>(options: InformerOptions<T>): FollowedObjects<T> =>
  startInformer(options);
