// Generic ephemeral volumes: a claim for each, made for the pod, owned by it and so collected with it. As the ephemeral volume controller of
// kube-controller-manager 1.36 was seen to make them.
import type { PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { resources } from '../../../core/model/resource.ts';
import type { ClusterController } from '../runtime/cluster-controller.ts';
import { type Decision, type Effect, settled } from '../runtime/decision.ts';
import { keyOf, parseKey } from '../runtime/site-cache.ts';
import { claimKey } from '../volumes/storage-objects.ts';
import { controllerOf, controllerReference, isFinished, type Pod } from './workload-objects.ts';

/** One ephemeral volume of a pod: its claim is named after both. */
export type EphemeralVolume = { claimName: string; template: Partial<PersistentVolumeClaim> };

/** The generic ephemeral volumes of a pod. */
export const ephemeralVolumesOf = ({ metadata, spec }: Pod): EphemeralVolume[] =>
  (spec?.volumes ?? []).flatMap(({ name, ephemeral }) =>
    ephemeral === undefined
      ? []
      : [
          {
            claimName: `${metadata.name ?? ''}-${name}`,
            template: (ephemeral.volumeClaimTemplate ?? {}) as Partial<PersistentVolumeClaim>,
          },
        ],
  );

/** A pod, and which claims there are. */
export type EphemeralFacts = {
  pod: Pod;
  claimOf: (name: string) => PersistentVolumeClaim | undefined;
};

const makeClaim = (pod: Pod, { claimName, template }: EphemeralVolume): Effect => ({
  act: 'create',
  resource: resources.persistentVolumeClaims,
  object: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claimName,
      namespace: pod.metadata.namespace ?? '',
      ...(template.metadata?.labels !== undefined && { labels: template.metadata.labels }),
      ...(template.metadata?.annotations !== undefined && { annotations: template.metadata.annotations }),
      ownerReferences: [controllerReference(resources.pods, pod)],
    },
    ...(template.spec !== undefined && { spec: template.spec }),
  },
});

/** Makes the claims that a pod's ephemeral volumes need. Another's claim of that name is left alone, and said. */
export const decideEphemeralClaims = ({ pod, claimOf }: EphemeralFacts): Decision => {
  if (pod.metadata.deletionTimestamp !== undefined || isFinished(pod)) return settled;
  const effects = ephemeralVolumesOf(pod).flatMap((volume): Effect[] => {
    const claim = claimOf(volume.claimName);
    if (claim === undefined) return [makeClaim(pod, volume)];
    if (controllerOf(claim)?.uid === pod.metadata.uid) return [];
    const [namespace, name] = [pod.metadata.namespace ?? '', pod.metadata.name ?? ''];
    const message = `ephemeral volume ${volume.claimName.slice(name.length + 1)}: PVC ${namespace}/${volume.claimName} was not created for pod ${namespace}/${name} (pod is not owner)`;
    return [
      {
        act: 'event',
        resource: resources.pods,
        object: pod,
        type: 'Warning',
        reason: 'FailedBinding',
        message,
      },
    ];
  });
  return { effects };
};

/** The controller of generic ephemeral volumes. */
export const ephemeralVolumeController: ClusterController = {
  name: 'ephemeral volume controller',
  concurrency: 4,
  watches: [
    {
      resource: resources.pods,
      keysOf: (pod) => (ephemeralVolumesOf(pod as Pod).length > 0 ? [keyOf(pod)] : []),
    },
    {
      resource: resources.persistentVolumeClaims,
      keysOf: (claim, cache) => cache.by<Pod>(resources.pods, 'claim', claimKey(claim)).map(keyOf),
    },
  ],
  look: (key, { cache }) => {
    const pod = cache.get<Pod>(resources.pods, parseKey(key));
    if (pod === undefined) return settled;
    const namespace = pod.metadata.namespace ?? '';
    return decideEphemeralClaims({
      pod,
      claimOf: (name) => cache.get(resources.persistentVolumeClaims, { name, namespace }),
    });
  },
};
