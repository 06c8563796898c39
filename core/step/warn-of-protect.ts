import { mayBeOfStatefulSet, retentionFindings } from '../check/claims-of-stateful-sets.ts';
import type { CheckFinding } from '../check/finding.ts';
import { cloneFindings } from '../check/sources-of-clones.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { readingOf } from '../model/reading-of.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import type { ClaimKey } from '../protection/claims-of-volume.ts';
import type { Decision } from './decision.ts';
import type { StepFacts } from './step-facts.ts';

/** One volume that is about to be protected, or is already. */
type Protecting = { readonly facts: StepFacts; readonly decision: Decision };

/** Namespaces whose StatefulSets tell what becomes of these claims; none where no claim is called like one of theirs. */
export const namespacesOfStatefulSets = (all: readonly Protecting[]): readonly string[] => [
  ...new Set(all.flatMap(({ facts: { key } }) => (mayBeOfStatefulSet(key.name) ? key.namespace : []))),
];

const replicationOf = ({ facts, decision }: Protecting): VolumeReplication | undefined => {
  const writes = decision.kind === 'write' ? decision.writes : [];
  const created = writes.flatMap((write) => (write.kind === 'create' ? write.object : []))[0];
  const own = facts.protectors.known ? facts.protectors.value[0] : undefined;
  return created ?? (own?.kind === 'VolumeReplication' ? own.object : undefined);
};

/**
 * What `check` is going to find of these very claims once they are protected: a StatefulSet that deletes them (DR429), a parent that is not
 * mirrored (DR431). What cannot be read is left to `check`.
 */
export const warningsOfProtect = (
  all: readonly Protecting[],
  statefulSets: readonly KubernetesObject[],
): readonly { readonly key: ClaimKey; readonly found: CheckFinding }[] => {
  const along = all.map(({ facts }) => facts.key);
  return all.flatMap((it) => {
    const { key, here, site: view } = it.facts;
    const site = { site: here, view };
    const replication = replicationOf(it);
    const retention = statefulSets.flatMap((statefulSet) => retentionFindings(site, statefulSet, [key]));
    const clone = readingOf(() =>
      cloneFindings({
        site,
        key,
        className: replication?.spec.volumeReplicationClass,
        isMirrored: replication?.status?.lastSyncTime !== undefined,
        along,
      }),
    );
    return [...retention, ...(clone.known ? clone.value : [])].map((found) => ({ key, found }));
  });
};
