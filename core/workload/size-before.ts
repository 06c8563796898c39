import { replicasAnnotation } from '../backup/restore-annotations.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { parkedMark, parkedMarkKey } from './parked-mark.ts';
import { isOnNoNode } from './stop-means.ts';
import type { StopMeans } from './workload.ts';

/** Anybody who may annotate can write it: no sign, no exponent, and no more pods than any cluster runs. */
const replicaCount = /^[1-9]\d{0,5}$/;

/** The size that a workload had before it was stopped, as it tells itself; undefined where it does not. */
export const sizeBeforeOf = (means: StopMeans, object: KubernetesObject): number | undefined => {
  const { annotations } = object.metadata;
  switch (means) {
    case 'replicas': {
      const text = annotations?.[replicasAnnotation];
      return text !== undefined && replicaCount.test(text) ? Number(text) : undefined;
    }
    case 'suspend':
      return annotations?.[parkedMarkKey] === parkedMark[parkedMarkKey] ? 1 : undefined;
    case 'nodeSelector':
      return isOnNoNode(object) ? 1 : undefined;
  }
};
