import { DrError } from '../../core/model/error.ts';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { nodeAffinityOf } from '../../core/model/node-selector.ts';
import type { Reading } from '../../core/model/reading.ts';
import { claimUidsOf } from '../../core/restore/claim-uids.ts';
import { isMapped } from '../../core/restore/map-handle.ts';
import { mapNames, type NameMaps } from '../../core/restore/map-names.ts';
import { pairVolumes, type VolumePair } from '../../core/restore/pair-volumes.ts';
import type { RestorePlan } from '../../core/restore/plan.ts';
import { planRestore } from '../../core/restore/plan-restore.ts';
import { rememberHandles, rememberReplications } from '../../core/restore/replication-memory.ts';
import type { LeftOut, SortedObjects } from '../../core/restore/sort-objects.ts';
import { type Target, type TargetFacts, viewTarget } from '../../core/restore/target.ts';
import type { TransformRule } from '../../core/restore/transform-rule.ts';
import { wantRestore } from '../../core/restore/want-restore.ts';
import type { Wanted } from '../../core/restore/wanted.ts';
import type { Site } from '../door/clusters.ts';
import { usageError } from '../usage-error.ts';
import { transformBy } from './apply-transforms.ts';
import { gatherTarget } from './gather-target.ts';
import type { RestoreRequest } from './parse-restore-flags.ts';
import type { ChosenSource } from './read-chosen.ts';

/** What is going to be done, and what that was decided upon. */
export type DecidedRestore = {
  readonly plan: RestorePlan;
  readonly target: Target;
  readonly wanted: Wanted;
  readonly leftOut: readonly LeftOut[];
};

const nothingToRestore = (leftOut: readonly LeftOut[]): DrError =>
  new DrError({
    code: 'NothingToRestore',
    message: 'there is nothing to restore in the source',
    hint:
      leftOut.length === 0
        ? 'give claims together with their PVs'
        : `${leftOut.length} objects were left out: a PV is restored with its claim, and what was not chosen not at all`,
  });

const namespacesOf = (objects: readonly KubernetesObject[]): string[] => [
  ...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? [])),
];

const classesByName = ({ storageClasses }: TargetFacts): ReadonlyMap<string, KubernetesObject> =>
  new Map(
    storageClasses.known ? storageClasses.value.map((object) => [object.metadata.name ?? '', object]) : [],
  );

/** A name that is mapped and is nowhere in the source is a slip of the pen: what was meant would go where it came from. */
const mustMatch = (
  { namespaces, storageClasses, volumeHandles }: NameMaps,
  objects: readonly KubernetesObject[],
  pairs: readonly VolumePair[],
): void => {
  const inNamespaces = new Set(namespacesOf(objects));
  const ofClasses = new Set(pairs.flatMap(({ volume }) => volume.spec?.storageClassName ?? []));
  for (const name of namespaces.keys())
    if (!inNamespaces.has(name))
      throw usageError(`--map-namespace ${name}=…: nothing in the source is in namespace ${name}`);
  for (const name of storageClasses.keys())
    if (!ofClasses.has(name))
      throw usageError(`--map-storage-class ${name}=…: no volume in the source has StorageClass ${name}`);
  const handles = pairs.flatMap(({ volume }) => volume.spec?.csi?.volumeHandle ?? []);
  for (const entry of volumeHandles)
    if (!handles.some((handle) => isMapped(entry, handle)))
      throw usageError(`--map-volume-handle ${entry.from}=…: no volume in the source has such a handle`);
};

/** Where namespaces cannot be read, each may be there. */
const mayHaveNamespace = (target: Target, name: string): boolean => {
  const there = target.object({ kind: 'Namespace', namespace: undefined, name });
  return !there.known || there.value !== undefined;
};

/** Decides about what was read of a source, or about a part of it, by one look at the target. */
export type DecideRestore = (part: SortedObjects) => DecidedRestore;

/** Gathers what the target has of everything that was chosen. Throws a `DrError` where there is nothing to restore. */
export const gatherRestore = async (
  { index, chosen }: ChosenSource,
  { maps, existing, claimRef }: RestoreRequest,
  around: {
    readonly site: Site;
    readonly clusterUid: Reading<string>;
    readonly rules: readonly TransformRule[];
    readonly signal: AbortSignal;
  },
): Promise<DecideRestore> => {
  const whole = pairVolumes(chosen.claims, chosen.volumes);
  const objects = [...whole.pairs.map(({ claim }) => claim), ...chosen.others];
  if (objects.length === 0 && whole.conflicts.length === 0)
    throw nothingToRestore([...chosen.leftOut, ...whole.leftOut]);
  mustMatch(maps, objects, whole.pairs);
  const facts = await gatherTarget(around.site, {
    namespaces: namespacesOf(objects.map((object) => mapNames(object, maps))),
    others: chosen.others.map((object) => mapNames(object, maps)),
    asksForNodes: whole.pairs.some(({ volume }) => nodeAffinityOf(volume) !== undefined),
    drivers: new Set(whole.pairs.flatMap(({ volume }) => volume.spec?.csi?.driver ?? [])),
    clusterUid: around.clusterUid,
    signal: around.signal,
  });
  const target = viewTarget(facts);
  return (part) => {
    const paired = part === chosen ? whole : pairVolumes(part.claims, part.volumes);
    const { wanted, warnings } = wantRestore({
      pairs: paired.pairs,
      others: part.others,
      maps,
      remembered: rememberReplications({ index, replications: part.replications }),
      handleTold: rememberHandles({ index, replications: part.replications }),
      volumeThere: target.volume,
      claimUid: claimUidsOf(index),
      targetClasses: classesByName(facts),
      hasNamespace: (name) => mayHaveNamespace(target, name),
      transform: transformBy(around.rules),
      sourceClusterUid: index?.source.clusterUid ?? undefined,
      existing,
      claimRef,
    });
    const plan = planRestore(wanted, target, paired.conflicts);
    const leftOut = [...part.leftOut, ...paired.leftOut];
    return { plan: { ...plan, warnings: [...warnings, ...plan.warnings] }, target, wanted, leftOut };
  };
};

/** Gathers the target, makes what was chosen fit it, and decides what is to be done. Throws a `DrError` where nothing is. */
export const decideRestore = async (
  source: ChosenSource,
  ...how: [RestoreRequest, Parameters<typeof gatherRestore>[2]]
): Promise<DecidedRestore> => (await gatherRestore(source, ...how))(source.chosen);
