import { restoreAnnotations } from '../../core/backup/restore-annotations.ts';
import { millisecondsOf } from '../../core/model/api-time.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { type Resource, resources } from '../../core/model/resource.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { parkWorkload } from '../../core/restore/park-workload.ts';
import { nothingToBring, type ObjectSource } from '../../plugin/operation/bring-objects.ts';
import type { GuardedSite } from './guarded-site.ts';
import { claimWithVolume } from './moving-world.ts';
import { claimNames, type Handles } from './simulated-storage.ts';
import { namespace, workloadKinds } from './simulated-workloads.ts';

/** What a site could bring to the other one when it was read: live, or as a backup. */
export type Bringing = {
  readonly source: ObjectSource;
  /** Makes on a site what of it is missing there. */
  readonly restoreTo: (site: GuardedSite) => void;
};

export const nothing: Bringing = { source: nothingToBring, restoreTo: () => undefined };

const clean = ({ kind, metadata, spec }: KubernetesObject & { spec?: unknown }): KubernetesObject => ({
  ...(kind !== undefined && { kind }),
  metadata: {
    namespace,
    name: metadata.name ?? '',
    ...(metadata.annotations && { annotations: metadata.annotations }),
  },
  spec,
});

const claimsIn = (object: KubernetesObject): string[] =>
  object.kind === 'CronJob' ? ['data'] : mountedBy(object);

const mountedBy = (object: KubernetesObject): string[] =>
  (
    object as unknown as { spec: { template: { spec: { volumes: { name: string }[] } } } }
  ).spec.template.spec.volumes.map(({ name }) => name);

/** Reads a site as `restore` and `backup` do. */
export const bringFrom = (
  { simulated, name }: GuardedSite,
  /** What the site calls the volumes, and what the one that they are brought to does. */
  { here, there }: { readonly here: Handles; readonly there: Handles },
): Bringing => {
  const claims = claimNames.filter((claim) =>
    simulated.find(resources.persistentVolumeClaims, { namespace, name: claim }),
  );
  const replications = simulated.all<VolumeReplication>(resources.volumeReplications);
  const replicationOf = (claim: string) => replications.find(({ spec }) => spec.dataSource.name === claim);
  const workloads = workloadKinds.flatMap((resource) =>
    simulated.all(resource).map((object): { resource: Resource; object: KubernetesObject } => ({
      resource,
      object: clean(object),
    })),
  );
  const annotationsFor = (claim: string): Record<string, string> => {
    const { metadata, spec, status } = replicationOf(claim) ?? {};
    const entries = [
      [restoreAnnotations.source, name],
      [restoreAnnotations.replicationName, metadata?.name],
      [restoreAnnotations.replicationClass, spec?.volumeReplicationClass],
      [restoreAnnotations.lastSyncTime, status?.lastSyncTime],
    ] as const;
    return Object.fromEntries(
      entries.filter((entry): entry is [(typeof entry)[0], string] => entry[1] !== undefined),
    );
  };
  return {
    source: {
      ...nothingToBring,
      brought: {
        replicationClasses: new Set(),
        claims: new Set(claims.map((claim) => `${namespace}/${claim}`)),
        identities: new Map(),
        workloads: workloads.map(({ object }) => ({
          kind: object.kind ?? '',
          namespace,
          name: object.metadata.name ?? '',
          claims: claimsIn(object),
          mounts: claimsIn(object),
          size: 1,
        })),
      },
      lastSyncOf: ({ name: claim }) => millisecondsOf(replicationOf(claim)?.status?.lastSyncTime),
    },
    restoreTo: ({ simulated: target }) => {
      const addMissing = (resource: Resource, object: KubernetesObject): void => {
        const key = { ...(resource.namespaced && { namespace }), name: object.metadata.name ?? '' };
        if (target.find(resource, key) === undefined) target.store(resource, object);
      };
      for (const claim of claims) {
        const { volume, claim: object } = claimWithVolume(claim, there[claim], here[claim]);
        addMissing(resources.persistentVolumes, volume);
        const metadata = { ...object.metadata, annotations: annotationsFor(claim) };
        addMissing(resources.persistentVolumeClaims, { ...object, metadata } as PersistentVolumeClaim);
      }
      for (const { resource, object } of workloads) addMissing(resource, parkWorkload(object));
    },
  };
};
