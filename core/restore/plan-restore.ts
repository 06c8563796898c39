import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import type { RestoreConflict } from './conflict.ts';
import { compareClasses } from './conflicts/class-conflicts.ts';
import { namespaceTerminating } from './conflicts/namespace-terminating.ts';
import { quotaExceeded } from './conflicts/quota-exceeded.ts';
import { wantedTwice } from './conflicts/wanted-twice.ts';
import { wrongCluster } from './conflicts/wrong-cluster.ts';
import { nodeWarnings } from './node-warnings.ts';
import { growthWarnings } from './pending-growth.ts';
import type { RestorePlan, Step, VolumePlan } from './plan.ts';
import { planOther } from './plan-other.ts';
import { planVolume } from './plan-volume.ts';
import type { Stage } from './restored-kinds.ts';
import type { Target } from './target.ts';
import { doubtsAbout } from './target-doubts.ts';
import type { Wanted, WantedObject } from './wanted.ts';

const refused = (conflicts: readonly RestoreConflict[], warnings: readonly string[] = []): RestorePlan => ({
  conflicts,
  warnings,
  shared: [],
  configuration: [],
  volumes: [],
  workloads: [],
});

const stageOrder: readonly Stage[] = ['namespace', 'class', 'configuration', 'volume', 'workload'];

const namespacesOf = ({ volumes, others }: Wanted): readonly string[] => [
  ...new Set([
    ...volumes.map(({ claim }) => claim.metadata.namespace ?? ''),
    ...others.flatMap(({ object }) => object.metadata.namespace ?? []),
  ]),
];

/** Names of the StorageClasses that the source brings along. */
export const newClassesOf = ({ others }: Pick<Wanted, 'others'>): ReadonlySet<string> =>
  new Set(
    others
      .filter(({ object }) => object.kind === 'StorageClass')
      .map(({ object }) => object.metadata.name ?? ''),
  );

const planVolumes = (wanted: Wanted, target: Target) => {
  const newClasses = newClassesOf(wanted);
  const planned = wanted.volumes.map((volume) =>
    planVolume({ wanted: volume, target, options: wanted, newClasses }),
  );
  return {
    conflicts: planned.flatMap(({ conflicts }) => conflicts),
    plans: planned.flatMap((one) => ('plan' in one ? [one.plan] : [])),
  };
};

const claimsToCreate = (plans: readonly VolumePlan[]): PersistentVolumeClaim[] =>
  plans.filter(({ claim }) => claim.action === 'create').map(({ wanted }) => wanted.claim);

/**
 * What a restore is going to do with the target as it is now, or everything that stands against it: all conflicts are found before
 * the first write. On the wrong cluster nothing else is worth saying.
 */
export const planRestore = (
  wanted: Wanted,
  target: Target,
  ofSource: readonly RestoreConflict[] = [],
): RestorePlan => {
  const wrong = wrongCluster(wanted, target);
  if (wrong !== undefined) return refused([wrong]);
  const volumes = planVolumes(wanted, target);
  const classes = compareClasses(wanted, target);
  const isServed = ({ object }: WantedObject): boolean => !target.unservedKinds.has(object.kind ?? '');
  const others = wanted.others
    .filter(isServed)
    .toSorted((a, b) => stageOrder.indexOf(a.stage) - stageOrder.indexOf(b.stage))
    .map((other) => ({ stage: other.stage, ...planOther(other, target, wanted.existing) }));
  const conflicts = [
    ...ofSource,
    ...wantedTwice(wanted.volumes),
    ...namespacesOf(wanted).flatMap((name) => namespaceTerminating(name, target) ?? []),
    ...classes.conflicts,
    ...volumes.conflicts,
    ...others.flatMap((other) => other.conflicts),
    ...quotaExceeded(claimsToCreate(volumes.plans), target),
  ];
  const warnings = [
    ...doubtsAbout(target, wanted),
    ...nodeWarnings(wanted.volumes, target),
    ...growthWarnings(wanted, target.site.name),
    ...classes.warnings,
    ...others.flatMap((other) => other.warnings),
  ];
  if (conflicts.length > 0) return refused(conflicts, warnings);
  const stepsIn = (...stages: readonly Stage[]): Step[] =>
    others.filter(({ stage }) => stages.includes(stage)).map(({ step }) => step);
  return {
    conflicts,
    warnings,
    shared: stepsIn('namespace', 'class'),
    configuration: stepsIn('configuration'),
    volumes: volumes.plans,
    workloads: stepsIn('workload'),
  };
};
