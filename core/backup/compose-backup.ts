import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { apiVersionOf } from '../model/resource.ts';
import type { SiteObjects } from '../status/snapshot.ts';
import type { BackedUpVolume, MissingObject } from './backup-index.ts';
import {
  allOf,
  type ChosenObjects,
  chooseObjects,
  describeVolume,
  type RawObject,
  type VolumeContext,
} from './choose-objects.ts';
import { inFolderOrder } from './file-paths.ts';
import { type ChosenVolume, selectVolumes, type WantedClaims } from './select-volumes.ts';
import { chooseWorkloads } from './workloads/choose-workloads.ts';
import type { NamespaceObjects } from './workloads/namespace-objects.ts';

/** What was read of a site for a backup. Claims and volumes of `objects` have to be known. */
export type BackupFacts = {
  readonly objects: SiteObjects;
  readonly context: Omit<VolumeContext, 'replications' | 'groups' | 'replicationClasses'>;
  /** What else is in a namespace; undefined where workloads were not asked for. */
  readonly workloadsIn: ((namespace: string) => Pick<NamespaceObjects, 'byPlural' | 'owners'>) | undefined;
};

/** What a backup is made of. */
export type Composition = {
  readonly volumes: readonly BackedUpVolume[];
  /** As the API answered them, in the order in which they can be created. */
  readonly objects: readonly KubernetesObject[];
  readonly missing: readonly MissingObject[];
  /** One line each. */
  readonly warnings: readonly string[];
};

/** Lists leave out what their items are. */
const withKind = ({ resource, object }: RawObject): KubernetesObject => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  ...object,
});

const workloadsOf = (
  volumes: readonly ChosenVolume[],
  workloadsIn: NonNullable<BackupFacts['workloadsIn']>,
): ChosenObjects[] => {
  const byNamespace = Map.groupBy(volumes, ({ claim }) => claim.metadata.namespace ?? '');
  return [...byNamespace].map(([namespace, chosen]) =>
    chooseWorkloads({
      namespace,
      claimNames: new Set(chosen.map(({ claim }) => claim.metadata.name ?? '')),
      ...workloadsIn(namespace),
    }),
  );
};

/** Decides what goes into a backup, and what it has to go without. */
export const composeBackup = (facts: BackupFacts, wanted: WantedClaims): Composition => {
  const { objects, context, workloadsIn } = facts;
  const { replications, groups, classes: replicationClasses } = objects;
  const { volumes, missing } = selectVolumes(objects, wanted);
  const needed = chooseObjects(volumes, { ...context, replications, groups, replicationClasses });
  const workloads = workloadsIn === undefined ? [] : workloadsOf(volumes, workloadsIn);
  const all = allOf([needed, ...workloads]);
  return {
    volumes: volumes.map(describeVolume),
    objects: inFolderOrder(all.objects.map(withKind)),
    missing: [...missing, ...all.missing],
    warnings: all.warnings,
  };
};
