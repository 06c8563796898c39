import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { known, type Reading, unknown } from '../model/reading.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import { type ClaimKey, claimKeyText, keyOfClaim } from '../protection/claims-of-volume.ts';
import type { RestoreConflict } from '../restore/conflict.ts';
import { nextInMove } from '../restore/conflict-next.ts';
import { sameNames } from '../restore/map-names.ts';
import type { VolumePair } from '../restore/pair-volumes.ts';
import { planRestore } from '../restore/plan-restore.ts';
import { rememberHandles } from '../restore/replication-memory.ts';
import { otherClass, storageClassOf } from '../restore/storage-class-of.ts';
import { type ResourceQuota, type Target, viewTarget } from '../restore/target.ts';
import { wantRestore } from '../restore/want-restore.ts';
import { oneLine } from '../rules/one-line.ts';
import type { VolumeStatus } from '../status/assess.ts';
import { type CheckFacts, peerOf, type SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { furtherList } from './further-list.ts';
import { onEachSite } from './on-each.ts';

const sideOn = ({ sides }: VolumeStatus, { site }: SiteFacts) =>
  sides.find((side) => side.site.context === site.context);

/** Claims that are primary on a site and that the other one has no claim for: a move would restore them there. */
const claimsToRestore = ({ volumes }: CheckFacts, from: SiteFacts, target: SiteFacts): readonly ClaimKey[] =>
  volumes.flatMap((status) => {
    const own = sideOn(status, from);
    const isMissing = sideOn(status, target)?.volume === undefined;
    return own?.role.role === 'primary' && own.volume !== undefined && isMissing
      ? [{ namespace: own.volume.namespace, name: own.volume.claimName }]
      : [];
  });

/** Whether a move to a site would create claims there: only then quotas matter. Within `readingOf`. */
export const restoresTo = (facts: CheckFacts, target: SiteFacts): boolean => {
  const from = peerOf(facts, target);
  if (from === undefined) return false;
  return claimsToRestore(facts, from, target).some((key) => target.view.claim(key) === undefined);
};

/** Lists leave out what their items are. */
const named = <T extends KubernetesObject>(
  kind: string,
  reading: Reading<readonly T[]>,
): Reading<readonly T[]> =>
  reading.known ? known(reading.value.map((object) => ({ ...object, kind }))) : reading;

const pairsOf = (from: SiteFacts, claims: readonly ClaimKey[]): readonly VolumePair[] =>
  claims.flatMap((key) => {
    const claim = from.view.claim(key);
    const volume = claim && from.view.volume(claim.spec?.volumeName ?? '');
    if (claim === undefined || volume === undefined) return [];
    return [
      { claim: { kind: 'PersistentVolumeClaim', ...claim }, volume: { kind: 'PersistentVolume', ...volume } },
    ];
  });

/** The site as a restore looks at it. Throws, for `readingOf`, where its claims or PVs were not read. */
const targetOf = (facts: CheckFacts, target: SiteFacts): Target => {
  const objects = knownValue(target.objects);
  const quotas = readingOf((): readonly ResourceQuota[] =>
    restoresTo(facts, target) ? furtherList(facts, target, 'resourceQuotas') : [],
  );
  return viewTarget({
    site: target.site,
    clusterUid: unknown('it was not asked'),
    namespaces: named('Namespace', target.namespaces),
    storageClasses: named<KubernetesObject>('StorageClass', target.storageClasses),
    replicationClasses: known([]),
    groupReplicationClasses: known([]),
    unservedKinds: new Set(),
    volumes: knownValue(objects.volumes),
    claims: knownValue(objects.claims),
    // Drivers, classes and node affinities have checks of their own.
    drivers: unknown('another check looks at them'),
    nodes: known([]),
    quotas: named('ResourceQuota', quotas),
    others: new Map(),
  });
};

const classesOf = ({ storageClasses }: SiteFacts): ReadonlyMap<string, KubernetesObject> =>
  new Map(
    storageClasses.known ? storageClasses.value.map((object) => [object.metadata.name ?? '', object]) : [],
  );

const isOwnOfAnother = (target: Target, claim: PersistentVolumeClaim): boolean => {
  const there = target.claim(keyOfClaim(claim));
  return there?.status?.phase === 'Bound' && there.spec?.volumeName !== claim.spec?.volumeName;
};

/** What other checks say: a claim that has another volume there (DR426), and a StorageClass that is missing (DR404). */
const withoutKnown = (
  conflicts: readonly RestoreConflict[],
  target: Target,
  pairs: readonly VolumePair[],
): readonly RestoreConflict[] => {
  const others = new Set(
    pairs
      .filter(({ claim }) => isOwnOfAnother(target, claim))
      .map(({ claim }) => claimKeyText(keyOfClaim(claim))),
  );
  const otherClasses = new Set(pairs.map(({ claim }) => otherClass(storageClassOf(claim)).words));
  const isSaid = ({ object, flags }: RestoreConflict): boolean =>
    (object.kind === 'PersistentVolumeClaim' &&
      others.has(claimKeyText({ namespace: object.namespace ?? '', name: object.name }))) ||
    (flags !== undefined && otherClasses.has(flags.words));
  return conflicts.filter((conflict) => !isSaid(conflict));
};

const findingOf = (conflict: RestoreConflict, from: SiteFacts, target: SiteFacts): Seen => {
  const { kind, namespace, name } = conflict.object;
  return finding('DR437', 'error', {
    site: target,
    object: { kind, namespace, name },
    message: oneLine(
      `${conflict.fact.replace(/^it /, '')}: a move from ${from.site.name} could not restore what it needs here`,
      600,
    ),
    next: nextInMove(conflict, target.site),
  });
};

const ofTarget = (facts: CheckFacts, target: SiteFacts): readonly Seen[] => {
  const from = peerOf(facts, target);
  if (from === undefined || !from.objects.known) return [];
  const claims = claimsToRestore(facts, from, target);
  if (claims.length === 0) return [];
  const there = targetOf(facts, target);
  const pairs = pairsOf(from, claims);
  const { wanted } = wantRestore({
    pairs,
    others: [],
    maps: sameNames,
    remembered: () => ({}),
    handleTold: rememberHandles({ index: undefined, replications: from.objects.value.replications }),
    volumeThere: there.volume,
    claimUid: () => undefined,
    targetClasses: classesOf(target),
    hasNamespace: () => true,
    transform: (object) => object,
    sourceClusterUid: undefined,
    existing: 'verify',
    claimRef: 'reserve',
  });
  const { conflicts } = planRestore(wanted, there);
  return [
    ...(there.quotas.known ? [] : [{ unknown: there.quotas.why }]),
    ...withoutKnown(conflicts, there, pairs).map((conflict) => findingOf(conflict, from, target)),
  ];
};

/** DR437. What `restore` would refuse on the day of the move can be seen while both sites answer: by the same rules. */
export const restoreConflicts: Check = {
  name: 'RestoreConflicts',
  codes: ['DR437'],
  look: (facts) => onEachSite(facts, (target) => ofTarget(facts, target)),
};
